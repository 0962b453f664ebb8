import Greetings
import Kata
import KataDaemon

// The daemon of Examples/greet-daemon, and a handler that does what none may. Tests run it.

@main
struct GreetDaemon {
    static func main() async {
        await Daemon.main { plugins in
            plugins.register(handler: Greeting.self)
            plugins.register(source: Guests.self)
            plugins.register(handler: Blocking.self)
            plugins.add(middleware: LoggingMiddleware())
        }
    }
}
