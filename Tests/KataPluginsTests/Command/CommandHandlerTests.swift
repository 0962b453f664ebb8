import Foundation
import KataTestSupport
import Logging
import Testing

@testable import Kata
@testable import KataPlugins

@Suite("A handler for commands", .timeLimit(.minutes(10)))
struct CommandHandlerTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("runs a command in its directory, with its variables, and gives it nothing to read")
    func run() async throws {
        let outcome = try await run(
            ["sh", "-c", "pwd -P; echo $WORD $KATA_PIPELINE $KATA_JOB_ID; cat"],
            environment: ["WORD": "hush", "PATH": "/usr/bin:/bin"])
        let path = try #require(realpath(directory.path("."), nil))
        defer { free(path) }
        #expect(outcome.output == "\(String(cString: path))\nhush p 7\n")
    }

    @Test("takes a variable of the job in place of one of the pipeline")
    func replaced() async throws {
        let handler = try handler([(key: "environment", node: .map([(key: "WORD", node: .text("its"))]))])
        let command = ["/bin/sh", "-c", "env | grep ^WORD"]
        #expect(try await run(command, environment: [:], by: handler).output == "WORD=its\n")
        #expect(try await run(command, environment: ["WORD": "mine"], by: handler).output == "WORD=mine\n")
    }

    @Test("finds a program that is named from the directory")
    func relative() async throws {
        try await writeProgram("#!/bin/sh\necho here\n", to: directory.path("program"))
        #expect(try await run(["./program"]).output == "here\n")
    }

    @Test("fails for good where there is no such program, and goes on with others")
    func missing() async throws {
        let handler = try handler()
        var failure = try await run(["no-such-program"], by: handler).failure
        #expect(failure?.reason.hasPrefix("there is no program 'no-such-program' in ") ?? false)
        #expect(failure?.retry == .never)
        failure = try await run(["./none"], by: handler).failure
        #expect(failure?.reason.hasSuffix("No such file or directory") ?? false)
        #expect(failure?.retry == .never)
        #expect(try await run(["true"], by: handler).isDone)
    }

    @Test("fails for good where there is no such directory, and says which")
    func directoryMissing() async throws {
        let failure = try await run(["true"], in: directory.path("none")).failure
        #expect(failure?.reason.hasPrefix("cannot change to the directory '\(directory.path("none"))'") ?? false)
        #expect(failure?.retry == .never)
    }

    @Test(
        "says what a unit hides",
        arguments: [
            ("/home/me/src", true, "hides homes"), ("/tmp/x", true, "/tmp of its own"), ("/srv", true, "number"),
            ("/home/me", false, "number"),
        ])
    func hints(path: String, isUnit: Bool, hint: String) {
        var restrictions = UnitRestrictions()
        restrictions.hidesHomes = isUnit
        restrictions.hasOwnTemporaryFiles = isUnit
        #expect(restrictions.hint(forDirectory: path, code: EACCES).contains(hint))
    }

    @Test("takes jobs from the daemon's own user, unless others are allowed")
    func submitters() throws {
        #expect(try handler().intake?.submitters == .owner)
        #expect(try handler([(key: "allow", node: .text("owner"))]).intake?.submitters == .owner)
        #expect(try handler([(key: "allow", node: .text("group"))]).intake?.submitters == .localUsers)
        #expect(throws: ConfigurationFaults.self) { try handler([(key: "allow", node: .text("all"))]) }
    }

    private func handler(_ entries: [(key: String, node: ConfigurationNode)] = []) throws -> CommandHandler {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(entries), title: "the consumer", report: report)
        let context = PluginContext(logger: Logger(label: "test"), pipeline: "p")
        let handler = CommandHandler(configuration: &section, context: context, groups: .untouched)
        section.finish()
        try report.throwIfFaulty()
        return handler
    }

    private func run(
        _ command: [String], environment: [String: String] = [:], in path: String? = nil,
        by handler: CommandHandler? = nil
    ) async throws -> ExecRunner.Outcome {
        let handler = try handler ?? self.handler()
        let item = CommandItem(
            command: command, directory: path ?? directory.path("."), environment: environment
        )
        let report = JobContext.Report()
        let job = Job(id: 7, runID: 1, item: item.json)
        let context = JobContext(
            job: job, pipeline: "p", consumerID: "c1", logger: Logger(label: "test"), report: report)
        do {
            try await handler.handle(job, in: context)
            return .init(error: nil, output: report.takeOutput())
        } catch {
            return .init(error: error, output: report.takeOutput())
        }
    }
}
