import Kata
import KataPostgres
import KataSQLite
import Logging
import ServiceLifecycle

/// A PostgreSQL database in which this daemon has a session, beside others.
struct PostgresDatabase: DaemonDatabase {
    let lock: DatabaseLock?
    let jobs: PostgresJobStore

    var store: any JobStore { jobs }

    var wallClock: any WallClock { jobs.clock }

    func services(
        _ recorder: Recorder, _ pipelines: @escaping @Sendable () -> [Pipeline], _ health: DatabaseHealth,
        _ logger: Logger
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let service = NodeService(store: jobs, recorder: recorder, pipelines: pipelines, logger: logger)
        return [.init(service: service, failureTerminationBehavior: .gracefullyShutdownGroup)]
    }

    func close() throws {
        jobs.close()
    }
}
