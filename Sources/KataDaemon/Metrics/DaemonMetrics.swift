import KataMetrics
import Metrics

/// What the process counts and times. It has one daemon, and one metrics system.
enum DaemonMetrics {
    static let registry = MetricRegistry(MetricDescription.ofJobs)

    /// What pipelines and the recorder are counted with: besides the registry the system that the program has set up, if it has.
    static var factory: any MetricsFactory {
        switch MetricsSystem.factory {
        case is NOOPMetricsHandler, is MetricRegistry: registry
        case let other: MultiplexMetricsHandler(factories: [registry, other])
        }
    }
}
