import KataPluginProgram

@main
struct MischiefPlugin {
    static func main() {
        PluginProgram.main(handler: Mischief.self, concurrency: 4)
    }
}
