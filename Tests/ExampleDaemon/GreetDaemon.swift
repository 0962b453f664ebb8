import Kata
import KataDaemon

// The daemon of the articles on handlers and sources, which tests run.

@main
struct GreetDaemon {
    static func main() async {
        await Daemon.main { plugins in
            plugins.register(handler: Greeting.self)
            plugins.register(source: Guests.self)
            plugins.add(middleware: LoggingMiddleware())
        }
    }
}
