import Kata
import Logging
import ServiceLifecycle

/// The database that a daemon works with, whichever it is.
protocol DaemonDatabase: Sendable {
    var store: any JobStore { get }

    /// The clock that the database goes by.
    var wallClock: any WallClock { get }

    /// What is to run beside the daemon's work for the sake of the database.
    func services(
        _ recorder: Recorder, _ pipelines: @escaping @Sendable () -> [Pipeline], _ health: DatabaseHealth,
        _ logger: Logger
    ) -> [ServiceGroupConfiguration.ServiceConfiguration]

    /// Closes the database, once nothing more is recorded.
    ///
    /// - Throws: why it may not be as it should.
    func close() throws
}

/// Opens a database, in several tries if it has to be.
protocol DatabaseOpening: Sendable {
    /// Whether it is known that no other daemon has this one's place, so that its socket may be taken.
    var isAlone: Bool { get }

    /// Opens the database. Blocks the thread.
    ///
    /// - Throws: ``StoreFailure`` where it may be had later; what kept the daemon from starting otherwise.
    func open() throws -> any DaemonDatabase
}
