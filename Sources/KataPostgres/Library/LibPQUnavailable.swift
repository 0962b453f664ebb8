/// That PostgreSQL's client library can't be used.
public struct LibPQUnavailable: Error, Hashable, CustomStringConvertible {
    let reason: String

    public var description: String {
        """
        PostgreSQL's client library libpq is needed for this database, and \(reason); install it \
        ('apt-get install libpq5'), or name an SQLite file
        """
    }
}
