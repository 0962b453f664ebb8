import KataDaemon

@main
struct Katad {
    static func main() async {
        await Daemon.main()
    }
}
