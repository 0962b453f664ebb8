import Foundation
import Kata
import Testing

@testable import KataPlugins

extension Floods {
    @Suite("An executable's output", .timeLimit(.minutes(10)))
    struct ExecOutputTests {
        @Test("is bounded, and so is the memory that it takes, however much there is of it")
        func flood() async {
            await #expect(processExitsWith: .success) {
                let script = "head -c \(floodSize) /dev/zero | tr '\\0' 'y'; head -c \(floodSize) /dev/zero >&2; exit 1"
                let runner = try ExecRunner(script: script)
                // So that what the first process needs is not counted.
                _ = await runner.run()
                let before = try ProcessTable.residentSize()
                // The largest size begins anew.
                try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
                let outcome = await runner.run()
                let growth = try ProcessTable.largestResidentSize() - before
                #expect(growth < 32 << 20)
                let reason = try #require(outcome.failure?.reason)
                #expect(reason.hasPrefix("exited with 1"))
                let output = try #require(outcome.output)
                #expect(output.utf8.count <= 2 * (JobContext.outputLimit + 100))
                let end = output.suffix(40)
                #expect(end.hasSuffix("more bytes were not kept]"), "\(end)")
                #expect(runner.log.map(\.utf8.count).reduce(0, +) < 2 * (100 << 10))
                #expect(runner.log.last == "job 7: there was more on stderr, which is not logged")
            }
        }

        @Test("is kept up to the limit that is set, with a note of what is left out")
        func limit() async throws {
            let runner = try ExecRunner(
                script: "printf 1234567890", ["item": .text("none"), "output_limit": .text("4")])
            #expect(await runner.run().output == "1234\n[6 more bytes were not kept]")
        }

        @Test("is kept whole up to the limit", arguments: [65_535, 65_536])
        func atLimit(size: Int) async throws {
            let outcome = try await ExecRunner(script: "head -c \(size) /dev/zero | tr '\\0' 'y'").run()
            let isWhole = outcome.output == String(repeating: "y", count: size)
            #expect(isWhole)
        }

        @Test("that is too long is said to be, at the default limit as well")
        func noteAtDefaultLimit() async throws {
            let outcome = try await ExecRunner(script: "head -c 65537 /dev/zero | tr '\\0' 'y'").run()
            let output = try #require(outcome.output)
            let end = output.suffix(40)
            #expect(end.hasSuffix("yyy\n[1 more byte was not kept]"))
        }

        @Test("that is cut within a character is kept all the same", arguments: ["é", "€", "🦊"], 0...3)
        func cutWithinCharacter(character: String, offset: Int) async throws {
            let text = String(repeating: "x", count: offset) + String(repeating: character, count: 40_000)
            let output = try #require(await ExecRunner(["/bin/cat"]).run(text).output)
            let isKept = output.hasPrefix(text.prefix(10_000)) && !output.unicodeScalars.contains("\u{fffd}")
            #expect(isKept)
        }

        @Test("may hold NUL and what is no UTF-8")
        func odd() async throws {
            #expect(try await ExecRunner(script: #"printf 'a\0b'"#).run().output == "a\u{0}b")
            #expect(try await ExecRunner(script: #"printf 'a\377\300b'"#).run().output == "a\u{fffd}\u{fffd}b")
            let outcome = try await ExecRunner(script: "head -c 65536 /dev/zero | tr '\\0' '\\377'").run()
            let isKept = outcome.output?.hasPrefix("\u{fffd}\u{fffd}") == true
            #expect(isKept)
        }

        @Test("on stderr may hold NUL and what is no UTF-8, too")
        func oddErrors() async throws {
            let runner = try ExecRunner(script: #"printf 'a\0b\n\377\n' >&2; exit 1"#)
            let outcome = await runner.run()
            #expect(outcome.failure == JobFailure("exited with 1: \u{fffd}", exitCode: 1, kind: .exit))
            #expect(runner.log == ["job 7: stderr: a\u{0}b", "job 7: stderr: \u{fffd}"])
        }

        @Test("may be one line of 10 MB, on either stream")
        func longLine() async throws {
            let runner = try ExecRunner(
                script: "head -c 10000000 /dev/zero | tr '\\0' 'y' | tee /dev/stderr; exit 1")
            let outcome = await runner.run()
            let isKept = outcome.output?.hasPrefix("yyyy") == true
            #expect(isKept)
            #expect(outcome.failure?.reason.hasPrefix("exited with 1: yyyy") == true)
            #expect(runner.log.allSatisfy { $0.utf8.count < 5_000 })
            #expect(runner.log.last == "job 7: there was more on stderr, which is not logged")
        }

        @Test("is all there, whatever was written just before the end")
        func nothingIsLost() async throws {
            let runner = try ExecRunner(script: "head -c 60000 /dev/zero | tr '\\0' 'y'; echo last >&2; exit 1")
            for _ in 1...50 {
                let outcome = await runner.run()
                #expect(outcome.output?.utf8.count == 60_000)
                #expect(outcome.failure == JobFailure("exited with 1: last", exitCode: 1, kind: .exit))
            }
        }
    }
}

#if DEBUG
// Without optimisation a gigabyte takes minutes.
private let floodSize = 64_000_000
#else
private let floodSize = 1_000_000_000
#endif
