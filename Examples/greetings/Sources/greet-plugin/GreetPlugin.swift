import Greetings
import KataPluginProgram

// The same plugins as a program that an unchanged katad starts.

@main
struct GreetPlugin {
    static func main() {
        PluginProgram.main(handler: Greeting.self, source: Guests.self, version: "1.0", concurrency: 8)
    }
}
