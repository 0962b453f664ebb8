@preconcurrency import Glibc
import Kata
import KataHTTP
import KataPluginProgram

/// The plugin `http`, which katad starts by itself for each pipeline that sends its jobs to a URL.
@main
struct KataHTTPProgram {
    static func main() {
        // Many connections, each a descriptor, and a shell mostly allows no more than 1,024 at first.
        FileDescriptorLimit.raise()
        do {
            try StartReserve.client.check()
        } catch {
            // The daemon starts it again, and shows the last line of its standard error meanwhile.
            fputs("kata-http: \(error)\n", stderr)
            exit(EXIT_FAILURE)
        }
        // As many as a plugin may take: how many there really are is for the pipeline's workers to say.
        PluginProgram.main(handler: HTTPRequestHandler.self, concurrency: HTTPRequestHandler.concurrency)
    }
}
