import Kata
import KataPostgres
import KataSQLite
import Logging
import ServiceLifecycle

/// A PostgreSQL database in which this daemon has a session.
struct PostgresDatabase: DaemonDatabase {
    let lock: DatabaseLock?
    let jobs: PostgresJobStore
    let lease: Duration

    var store: any JobStore { jobs }

    func services(
        _ recorder: Recorder, _ health: DatabaseHealth, _ logger: Logger
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let service = SessionService(recorder: recorder, interval: lease / 5)
        // What it has to say of the store's failure, the recorder says.
        return [
            .init(
                service: service, successTerminationBehavior: .ignore,
                failureTerminationBehavior: .gracefullyShutdownGroup)
        ]
    }

    func close() throws {
        jobs.close()
    }
}
