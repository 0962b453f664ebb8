import ArgumentParser

/// What commands take that change many jobs at once.
struct BulkOptions: ParsableArguments {
    @Flag(help: "Only count the jobs.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Don't ask for a confirmation, as is done on a terminal.")
    var yes = false
}
