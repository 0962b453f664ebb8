/// How much a store reads at a time, where the number of rows says nothing about their size.
public struct StorePage: Sendable {
    /// After how many bytes of texts no further row is read. The last row may go past that, by a whole item.
    public static let budget = 1 << 20

    private var bytes = 0

    /// Begins a page.
    public init() {}

    /// Counts a row.
    ///
    /// - Returns: whether another row is to be read.
    public mutating func add(_ count: Int) -> Bool {
        bytes += count
        return bytes < Self.budget
    }
}
