import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Gives failed or cancelled jobs one more attempt, now. Scheduled ones are done now.",
        discussion: """
            Which jobs those are is found out first: what fails meanwhile is left alone. With --with-item the job stays as it is, \
            and a copy of it with that item is added.
            """
    )

    private static let states = ["failed", "cancelled", "scheduled", "waiting"]

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The ids of the jobs.", completion: .failedJobs)
    var ids: [Int64] = []

    @Option(
        name: .customLong("failed"), help: ArgumentHelp("Every failed job of this pipeline.", valueName: "pipeline"),
        completion: .pipelineNames)
    var failedOf: String?

    @Option(help: "Failed jobs of this pipeline.", completion: .pipelineNames)
    var pipeline: String?

    @Option(help: "Jobs in this state: \(states.joined(separator: ", ")). Default: failed.", completion: .list(states))
    var state: String?

    @Option(help: "Failed jobs of this group; 'kata-ctl failures' lists them.")
    var group: String?

    @Flag(help: "One job of the group first: the others only if that is done.")
    var canary = false

    @OptionGroup(title: "Instead of ids") var search: SearchOptions

    @OptionGroup(title: "Instead of ids") var bulk: BulkOptions

    @Flag(help: "Also retry the jobs that were cancelled because they waited for one of these.")
    var withDependents = false

    @Option(help: "Adds a copy of the one job with this item, in place of trying it again.")
    var withItem: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    private var isBulk: Bool {
        failedOf != nil || pipeline != nil || state != nil || group != nil || search.areGiven
    }

    func validate() throws {
        if ids.isEmpty != isBulk {
            throw ValidationError(
                "name either the ids of jobs, or --failed PIPELINE, or what to look for, such as --error")
        }
        if failedOf != nil && (pipeline != nil || state != nil) {
            throw ValidationError("--failed PIPELINE names the pipeline and the state already")
        }
        if withItem != nil && (ids.count != 1 || withDependents) {
            throw ValidationError("--with-item is for the id of one job, without --with-dependents")
        }
        if isBulk && withDependents { throw ValidationError("--with-dependents is for the ids of jobs") }
        if bulk.dryRun && !isBulk {
            throw ValidationError("--dry-run counts jobs that are looked for; leave out the ids")
        }
        if canary && !isBulk { throw ValidationError("--canary is for several jobs, such as those of --group") }
        try JobState.check(state, in: Self.states)
    }

    func run() async throws {
        let client = try daemon.client
        if let withItem, let id = ids.first { return try await addCopy(of: id, with: withItem, client) }
        guard isBulk else {
            return try await JobChanges.each(ids, json: json) {
                try await client.retry(job: $0, withDependents: withDependents)
            }
        }
        var query = search.query(pipeline: failedOf ?? pipeline, state: state)
        query.group = group
        let jobs = try await client.select(query, for: .retry)
        // A group is what there is of failed jobs, so one without any is none.
        if let group, jobs.matched == 0, !search.areGiven {
            throw ValidationError("no failed job is of the group '\(group)'; kata-ctl failures lists the groups")
        }
        let change = BulkChange(verb: "retry", options: bulk)
        guard try change.confirm(jobs, json: json) else { return }
        var rest = Array(jobs.ids)
        var changed = 0
        if canary, let first = rest.first {
            try await tryOut(first, client)
            rest.removeFirst()
            changed = 1
        }
        changed += try await change.change(rest) { [query] in
            try await client.change($0, by: .retry, query).changed
        }
        if json { return try StandardOutput.printJSON(ChangeDocument(changed: changed, matched: jobs.matched)) }
        let place = (failedOf ?? pipeline).map { "pipeline \($0): " } ?? ""
        try StandardOutput.printLine("\(place)\(changed == 1 ? "1 job gets" : "\(changed) jobs get") one more attempt")
    }

    private func addCopy(of job: Int64, with item: String, _ client: ControlClient) async throws {
        let copy = try await client.retryCopy(of: job, [UInt8](JSON.encode(["item": item])))
        if json { return try StandardOutput.printJSON(copy) }
        try StandardOutput.printLine("job \(copy.id): \(copy.state), a copy of job \(job)")
    }

    /// Tries one job again, and waits for its end.
    ///
    /// - Throws: `ExitCode` if it is not done then, so that the others are left alone.
    private func tryOut(_ job: Int64, _ client: ControlClient) async throws {
        _ = try await client.retry(job: job)
        if !json { printError("kata-ctl: job \(job) is tried first") }
        var wait = JobWait.telling(client, timeout: nil)
        let outcome = WaitOutcome(jobs: [try await wait.end(of: job)])
        if outcome.exitCode == 0 { return }
        printError("kata-ctl: \(outcome.lines.joined()); the other jobs are left as they are")
        throw ExitCode(outcome.exitCode)
    }
}
