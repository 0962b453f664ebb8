import Kata
import KataConfig
import Logging

/// What the whole daemon can be asked to do, by a signal or by a client. Each is said in the log and to the service manager.
struct DaemonRequests: Sendable {
    let engine: Engine
    let status: ServiceStatus
    /// What the daemon was started with.
    let configuration: DaemonConfiguration
    /// Of what is logged; a reload can change it.
    let threshold: LogThreshold
    let logger: Logger
    /// Reads the configuration again, in the same way as at the start.
    let readConfiguration: @Sendable () throws -> DaemonConfiguration

    /// Begins to drain, which ends the daemon.
    ///
    /// - Parameter cause: who asked for it, for the log.
    func drain(_ cause: Logger.Metadata) {
        logger.notice("draining", metadata: cause)
        status.draining()
        engine.drain()
    }

    /// Hands back what a drain still waits for.
    ///
    /// - Parameter cause: who asked for it, for the log.
    func stopAtOnce(_ cause: Logger.Metadata) {
        logger.warning("stopping at once", metadata: cause)
        status.stoppingAtOnce()
        engine.giveUp()
    }

    /// Takes over the configuration as it is now, or says what is wrong with it and keeps the one there was.
    func reload() async {
        status.reloading()
        do {
            // A file system that does not answer holds it up for a while.
            let new = try await onThread(named: "kata-reload") { [readConfiguration] in try readConfiguration() }
            try new.checkKeepsWhatIsFixed(since: configuration)
            try await engine.reload(new)
            threshold.current = new.logLevel
            logger.notice("configuration reloaded")
            return status.ready(engine.summary)
        } catch let faults as ConfigurationFaults {
            for fault in faults.faults {
                logger.error("configuration refused, the old one stays", metadata: ["fault": "\(fault)"])
            }
        } catch {
            logger.error("configuration refused, the old one stays", metadata: ["error": "\(error)"])
        }
        status.refused(at: .now())
    }
}
