import Glibc
import Kata

/// Blocks a thread of the pool, which no handler may, until there is a file at the path that is the item.
struct Blocking: JobHandler, Plugin {
    static let pluginName = "block"

    init(configuration: inout ConfigurationSection, context: PluginContext) {}

    func handle(_ job: Job, in context: JobContext) async throws {
        while access(job.item, F_OK) != 0 { usleep(10_000) }
    }
}
