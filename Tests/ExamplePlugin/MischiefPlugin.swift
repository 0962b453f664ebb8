import KataPluginProgram

@main
struct MischiefPlugin {
    static func main() {
        PluginProgram.main(handler: Mischief.self, source: Trickle.self, concurrency: 4)
    }
}
