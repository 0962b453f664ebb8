import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct FailuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Groups failed jobs by what is the same in their errors.",
        discussion: """
            Numbers, paths, quoted texts and ids in errors are masked. 'kata-ctl retry --group GROUP' tries the jobs of a \
            group again.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Option(help: "Only jobs of this pipeline.", completion: .pipelineNames)
    var pipeline: String?

    @OptionGroup(title: "Which jobs") var search: SearchOptions

    @OptionGroup var time: TimeOption

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let query = search.query(pipeline: pipeline, state: nil)
        var failures = try await daemon.client.failures(query, before: nil)
        // Each answer is about so many jobs that nobody else has to wait for it.
        while let next = failures.next {
            failures = failures.joined(with: try await daemon.client.failures(query, before: next))
        }
        if json { return try StandardOutput.printJSON(failures) }
        try StandardOutput.printLine(lines(failures).joined(separator: "\n"))
    }

    private func lines(_ failures: FailuresDocument) -> [String] {
        if failures.groups.isEmpty { return ["no failed jobs"] }
        var table = TextTable([
            ("GROUP", .left), ("PIPELINE", .left), ("JOBS", .right), ("FIRST", .left), ("LAST", .left),
            ("EXAMPLE", .right), ("ERROR", .left),
        ])
        let now = Timestamp.now()
        for group in failures.groups {
            table.add([
                group.group, group.pipeline, "\(group.count)", time.text.shortText(group.first, now: now),
                time.text.shortText(group.last, now: now), "\(group.exampleId)", group.pattern.printable,
            ])
        }
        return table.lines(width: Screen.width)
    }
}
