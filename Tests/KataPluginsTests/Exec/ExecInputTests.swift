import Foundation
import Kata
import Testing

@testable import KataPlugins

/// The item on standard input. In processes of their own, because a write to a closed pipe raises SIGPIPE, which would be
/// the end of whatever hosts the handler; `katad` ignores it, and not every host does.
@Suite("An executable's standard input", .timeLimit(.minutes(10)))
struct ExecInputTests {
    @Test("is the item, whatever its length and its characters")
    func whole() async throws {
        for item in ["", "plain", "zwei\nZeilen\n", "NUL \u{0} and 🦊", String(repeating: "long ", count: 1_000)] {
            #expect(try await ExecRunner(["/bin/cat"]).run(item).output == (item.isEmpty ? nil : item))
        }
    }

    @Test("holds all of a large item")
    func large() async throws {
        let outcome = try await ExecRunner(["/usr/bin/wc", "-c"]).run(String(repeating: "x", count: 5 << 20))
        #expect(outcome.output == "5242880\n")
    }

    @Test("need not be read: it is the exit code that counts")
    func neverRead() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let item = String(repeating: "x", count: 5 << 20)
            for _ in 1...20 {
                #expect(try await ExecRunner(["/bin/true"]).run(item).isDone)
                #expect(try await ExecRunner(["/usr/bin/head", "-c", "1"]).run(item).output == "x")
                let closing = try await ExecRunner(["/bin/sh", "-c", "exec 0<&-; exit 3"]).run(item)
                #expect(closing.failure == JobFailure("exited with 3", exitCode: 3, kind: .exit))
            }
        }
    }

    @Test("that is never read does not keep a hanging one from being ended")
    func neverReadAndHanging() async throws {
        let runner = try ExecRunner(["/bin/sleep", "1000"])
        let task = Task { await runner.run(String(repeating: "x", count: 5 << 20)) }
        task.cancel()
        #expect(await task.value.isCutOff)
    }

    @Test("is empty if the item goes another way", arguments: ["none", "environment"])
    func otherWay(passing: String) async throws {
        let runner = try ExecRunner(["/usr/bin/wc", "-c"], ["item": .text(passing)])
        #expect(await runner.run("text").output == "0\n")
    }

    @Test("is not needed where the item is an argument, in the place of each {item}, and never a shell's text")
    func argument() async throws {
        let runner = try ExecRunner(["/usr/bin/printf", "%s|", "{item}", "a-{item}-{item}", "$HOME"])
        #expect(
            await runner.run("$(id); 'x'\n{item}").output
                == "$(id); 'x'\n{item}|a-$(id); 'x'\n{item}-$(id); 'x'\n{item}|$HOME|")
    }
}
