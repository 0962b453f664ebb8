import Foundation
import KataTestSupport
import Testing

/// A file's lines are jobs.
@Suite("A file of lines", .timeLimit(.minutes(10)))
struct LinesTests {
    private let workplace: Workplace

    init() throws {
        workplace = try Workplace()
        try writeConfiguration()
    }

    @Test(
        "gives an item a line, without line breaks and empty lines",
        arguments: [
            ("", ""), ("\n\r\n\n", ""), ("a", "a\n"), ("a\nb\n", "a\nb\n"), ("a\r\n\r\nb\r\n", "a\nb\n"),
            ("a\n\n\nb", "a\nb\n"), (" a \n\tb\n", " a \n\tb\n"), ("👩‍👩‍👧 Ωmega\n0\n", "👩‍👩‍👧 Ωmega\n0\n"),
        ])
    func items(text: String, items: String) async throws {
        try workplace.write(text, to: "lines.txt")
        #expect(try await workplace.runDaemon("--once").code == 0)
        #expect(try await workplace.query("SELECT item FROM jobs") == items)
        #expect(try await workplace.count("jobs WHERE state = 'done'") == items.split(separator: "\n").count)
        #expect(try await workplace.count("runs WHERE finished_at IS NOT NULL") == 1)
    }

    @Test("is gone through once, however often the daemon is killed in between")
    func killed() async throws {
        let count = 5_000
        // Slow enough to be killed in time.
        try writeConfiguration(duration: "1s")
        try workplace.write((1...count).map { "\($0)\n" }.joined(), to: "lines.txt")
        for round in 1...3 {
            let daemon = try await workplace.startAnsweringDaemon()
            try await #require(eventually { try await workplace.count("results") > round * 3 })
            try await workplace.crash(daemon)
        }
        let before = try await workplace.count("results")
        #expect(before < count, "the kills came too late")
        try writeConfiguration(duration: "0")
        try await workplace.withDaemon { _ in
            try await #require(eventually { try await workplace.count("results") >= count })
        }
        #expect(try await workplace.count("jobs") == count)
        let items = try await workplace.query("SELECT item FROM jobs").split(separator: "\n").map { Int($0) }
        #expect(items == Array(1...count))
        #expect(try await workplace.query("SELECT count(DISTINCT item) FROM results") == "\(count)\n")
        #expect(try await workplace.count("runs") == 1)
    }

    @Test("that a run has gone through is read again by the next run, and not by a restart")
    func runs() async throws {
        try workplace.write("a\n", to: "lines.txt")
        for _ in 1...2 {
            try await workplace.withDaemon { _ in try await waitForRuns(1) }
            #expect(try await workplace.query("SELECT item FROM results") == "a\n")
        }
        try await workplace.withDaemon { _ in
            try workplace.write("a\nb\n", to: "lines.txt")
            #expect(try await workplace.ctl("run").code == 0)
            try await waitForRuns(2)
        }
        #expect(try await workplace.query("SELECT run_id, item FROM jobs") == "1 | a\n2 | a\n2 | b\n")
    }

    @Test("that can't be read is read once it can be, and the status says so meanwhile")
    func unreadable() async throws {
        let daemon = try await workplace.startAnsweringDaemon()
        let message = "cannot open 'lines.txt': No such file or directory"
        try await #require(eventually { daemon.standardError.contains(message) }, "\(daemon.standardError)")
        #expect(try await workplace.ctl("status").output.contains("  problem  \(message)"))
        // The longest line that there may be.
        let line = String(repeating: "x", count: 1_048_576)
        // All of it at once.
        try workplace.write("one\n\(line)\n", to: "whole.txt")
        try #require(rename(workplace.path("whole.txt"), workplace.path("lines.txt")) == 0)
        try await waitForRuns(1)
        #expect(try await workplace.query("SELECT item FROM jobs") == "one\n\(line)\n")
        #expect(try await !workplace.ctl("status").output.contains("problem"))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("that was replaced is read by the next run once the one under way was abandoned")
    func abandoned() async throws {
        try writeConfiguration(duration: "1h")
        try workplace.write((1...3_000).map { "\($0)\n" }.joined(), to: "lines.txt")
        let first = try await workplace.startAnsweringDaemon()
        try await #require(eventually { try await workplace.count("jobs") > 0 })
        try await workplace.crash(first)
        try writeConfiguration()
        try workplace.write("new\n", to: "lines.txt")
        try await workplace.withDaemon { daemon in
            let remedy = "kata-ctl abandon PIPELINE"
            try await #require(eventually { daemon.standardError.contains(remedy) })
            #expect(try await workplace.ctl("status").output.contains(remedy))
            let outcome = try await workplace.ctl("abandon", "mail")
            #expect(
                (outcome.code, outcome.output)
                    == (0, "pipeline mail: run 1 takes no more from its source, and ends with the jobs that it has\n"))
            try await waitForRuns(1)
            #expect(try await workplace.query("SELECT count(*) FROM jobs WHERE state != 'done'") == "0\n")
            #expect(try await !workplace.ctl("status").output.contains("problem"))
            let again = try await workplace.ctl("abandon", "mail", "--json")
            #expect(again.code != 0)
            #expect(again.errors.hasPrefix("kata-ctl: pipeline 'mail' has no run that could be abandoned"))
            #expect(try await workplace.ctl("run").code == 0)
            try await waitForRuns(2)
            #expect(try await workplace.query("SELECT item FROM jobs WHERE run_id = 2") == "new\n")
        }
    }

    @Test("with bad lines is read to its end: they are failed jobs, with their numbers")
    func badLines() async throws {
        let long = Data(repeating: 0x78, count: 1_048_577)
        let text = Data("one\n".utf8) + [0xff, 0x0a] + Data("three\n".utf8) + long + Data("\nfive\n".utf8)
        try text.write(to: URL(fileURLWithPath: workplace.path("lines.txt")))
        #expect(try await workplace.runDaemon("--once").code == 0)
        #expect(try await workplace.query("SELECT item FROM results ORDER BY item") == "five\none\nthree\n")
        let failed = try await workplace.query("SELECT item, substr(error, 1, 60) FROM jobs WHERE state = 'failed'")
        #expect(
            failed.contains("line 2 of 'lines.txt' | line 2 of 'lines.txt' is not valid UTF-8 (byte 4)"), "\(failed)")
        #expect(failed.contains("line 4 of 'lines.txt' | line 4 of 'lines.txt' is longer than 1048576"), "\(failed)")
        #expect(try await workplace.count("runs WHERE finished_at IS NOT NULL AND done = 3 AND failed = 2") == 1)
    }

    @Test("is not written over by the export of its pipeline")
    func exported() async throws {
        try workplace.write("c1 | a\n", to: "lines.txt")
        try workplace.write(
            workplace.read("kata.yaml").replacing("queue_size: 10", with: "queue_size: 10\n    export: ./lines.txt"),
            to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("which is the file that the pipeline reads, expected another one"))
        #expect(try workplace.read("lines.txt") == "c1 | a\n")
    }

    @Test("that can't be read ends a daemon that runs --once, which says why")
    func unreadableOnce() async throws {
        let outcome = try await workplace.runDaemon("--once")
        #expect(outcome.code != 0)
        #expect(outcome.errors.hasSuffix("katad: cannot open 'lines.txt': No such file or directory\n"))
    }

    @Test("takes no submitted jobs")
    func submission() async throws {
        try workplace.write("a\n", to: "lines.txt")
        try await workplace.withDaemon { _ in
            let outcome = try await workplace.ctl("submit", "mail", "b")
            #expect(outcome.code == 64)
            #expect(outcome.errors.hasPrefix("kata-ctl: pipeline 'mail' makes its own items"))
            try await waitForRuns(1)
            #expect(try await workplace.query("SELECT item FROM jobs") == "a\n")
        }
    }

    private func writeConfiguration(duration: String = "0") throws {
        try workplace.write(
            """
            pipelines:
              mail:
                queue_size: 10
                worker_count: 4
                interruptions: 1000
                producer: { plugin: lines, path: lines.txt }
                consumer: { plugin: sleep, duration: \(duration) }
            """, to: "kata.yaml")
    }

    private func waitForRuns(_ count: Int) async throws {
        try await #require(
            eventually { try await workplace.count("runs WHERE finished_at IS NOT NULL") == count },
            "run \(count) does not end")
    }
}
