import Greetings
import Kata
import KataDaemon

// A daemon with the plugins, besides those that Kata has.

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
