import Kata
import KataSQLite
import Logging
import ServiceLifecycle

/// An SQLite file that this daemon owns.
struct SQLiteDatabase: DaemonDatabase {
    let path: String
    let lock: DatabaseLock
    let jobs: SQLiteJobStore

    var store: any JobStore { jobs }

    var wallClock: any WallClock { SystemWallClock() }

    func services(
        _ recorder: Recorder, _ pipelines: @escaping @Sendable () -> [Pipeline], _ health: DatabaseHealth,
        _ logger: Logger
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let log = WriteAheadLogService(
            watch: WriteAheadLogWatch(path: path, reads: jobs.reads), recorder: recorder, health: health, logger: logger
        )
        var services = [
            ServiceGroupConfiguration.ServiceConfiguration(
                service: log, failureTerminationBehavior: .gracefullyShutdownGroup)
        ]
        if lock.ownerDied {
            let check = CrashCheckService(databasePath: path, reads: jobs.reads, health: health, logger: logger)
            services.append(.init(service: check))
        }
        return services
    }

    func close() throws {
        try jobs.close()
    }
}
