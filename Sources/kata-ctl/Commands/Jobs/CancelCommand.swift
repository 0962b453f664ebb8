import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancels jobs that are not finished, running ones too.",
        discussion: "Which jobs those are is found out first: what is added meanwhile is left alone."
    )

    private static let states = JobState.allCases.filter { !$0.isFinal }.map(\.rawValue)

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The ids of the jobs.", completion: .unfinishedJobs)
    var ids: [Int64] = []

    @Option(
        name: .customLong("all"), help: ArgumentHelp("Every unfinished job of this pipeline.", valueName: "pipeline"),
        completion: .pipelineNames)
    var allOf: String?

    @Option(help: "Unfinished jobs of this pipeline.", completion: .pipelineNames)
    var pipeline: String?

    @Option(help: "Jobs in this state: \(states.joined(separator: ", ")).", completion: .list(states))
    var state: String?

    @OptionGroup(title: "Instead of ids") var search: SearchOptions

    @OptionGroup(title: "Instead of ids") var bulk: BulkOptions

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    private var isBulk: Bool { allOf != nil || pipeline != nil || state != nil || search.areGiven }

    func validate() throws {
        if ids.isEmpty != isBulk {
            throw ValidationError("name either the ids of jobs, or --all PIPELINE, or what to look for, such as --item")
        }
        if allOf != nil && pipeline != nil { throw ValidationError("--all PIPELINE names the pipeline already") }
        if bulk.dryRun && !isBulk {
            throw ValidationError("--dry-run counts jobs that are looked for; leave out the ids")
        }
        try JobState.check(state, in: Self.states)
    }

    func run() async throws {
        let client = try daemon.client
        guard isBulk else { return try await JobChanges.each(ids, json: json) { try await client.cancel(job: $0) } }
        let query = search.query(pipeline: allOf ?? pipeline, state: state)
        let jobs = try await client.select(query, for: .cancel)
        let change = BulkChange(verb: "cancel", options: bulk)
        guard try change.confirm(jobs, json: json) else { return }
        let changed = try await change.change(jobs.ids) {
            try await client.change($0, by: .cancel, query).changed
        }
        if json { return try StandardOutput.printJSON(ChangeDocument(changed: changed, matched: jobs.matched)) }
        let place = (allOf ?? pipeline).map { "pipeline \($0): " } ?? ""
        try StandardOutput.printLine("\(place)\(counted(changed, "job")) cancelled")
    }
}
