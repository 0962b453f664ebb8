import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The configuration of exec")
struct ExecConfigurationTests {
    @Test(
        "has a command that is a list with a program",
        arguments: [
            (ConfigurationNode.text("true"), "f.yaml:1:10: command is 'true', \(expectedCommand)"),
            (.list([]), "f.yaml:1:10: command is a list, \(expectedCommand)"),
            (.map([:]), "f.yaml:1:10: command is an empty map, \(expectedCommand)"),
            (
                .list(["no-such-program"]),
                "f.yaml:1:10: command begins with 'no-such-program', which is no executable file in /usr/bin:/bin"
            ),
            (.list(["/no/such"]), "f.yaml:1:10: command begins with '/no/such', which is no executable file"),
            (.list(["/etc/passwd"]), "f.yaml:1:10: command begins with '/etc/passwd', which is no executable file"),
            (.list(["/usr/bin"]), "f.yaml:1:10: command begins with '/usr/bin', which is no executable file"),
            (.list(["true", "a\u{0}b"]), "f.yaml:1:10: command has 'a\\u{0}b' in it, \(expectedCommand)"),
        ]
    )
    func command(node: ConfigurationNode, fault: String) {
        #expect(faults([("command", node), path]) == [fault])
    }

    @Test("has a command")
    func noCommand() {
        #expect(faults([path]) == ["f.yaml:1:1: the consumer has no command, \(expectedCommand)"])
    }

    @Test("has no {item} for a program")
    func itemAsProgram() {
        #expect(
            faults([("command", .list(["{item}", "x"])), path]).contains(
                "f.yaml:1:10: command has {item} as its program, expected it in an argument"))
    }

    @Test("has no {item} in a shell's text, where it could do anything")
    func itemInShell() {
        #expect(
            faults([("command", .text("echo {item}")), ("shell", .text("true"))]) == [
                "f.yaml:1:10: command has {item} in a shell's command, where an item could do anything, "
                    + "expected \"$KATA_ITEM\""
            ])
    }

    @Test(
        "has no {item} in the text that a command hands to a shell, whatever way it goes there",
        arguments: [
            ["sh", "-c", "echo {item}"], ["/bin/bash", "-ec", "echo {item}"],
            ["bash", "-o", "pipefail", "-c", "{item}"],
            ["env", "A=1", "sh", "-c", "x {item}"], ["timeout", "5", "dash", "-c", "--", "{item}"],
            ["bash", "--norc", "-c", "{item}", "sh", "{item}"], ["bash", "--rcfile", "f", "-c", "{item}"],
            ["sh", "-c", "echo {item}\u{301}"],
        ])
    func itemForShell(command: [String]) {
        let found = faults([("command", .list(command))])
        #expect(
            found == [
                "f.yaml:1:10: command has {item} in a shell's command, where an item could do anything, "
                    + "expected \"$1\" there, and behind it the arguments sh and \"{item}\""
            ])
    }

    @Test(
        "may hand an item to a shell as an argument of its own",
        arguments: [
            ["sh", "-c", "echo \"$1\"", "sh", "{item}"], ["sh", "{item}"], ["bash", "-x", "script", "{item}"],
            ["grep", "-c", "{item}", "/dev/null"], ["env", "grep", "-c", "{item}"], ["bash", "--", "-c", "{item}"],
        ])
    func itemBesideShell(command: [String]) {
        #expect(faults([("command", .list(command))]) == [])
    }

    @Test("may have a shell's command of several lines")
    func linesForShell() async throws {
        let runner = try ExecRunner(shell: "for i in 1 2; do\n\techo \"$i $KATA_ITEM\"\ndone\n")
        #expect(await runner.run("x").output == "1 x\n2 x\n")
        #expect(
            faults([("command", .text("a\u{0}b")), ("shell", .text("true"))]) == [
                "f.yaml:1:10: command is 'a\\u{0}b', expected a text"
            ])
    }

    @Test("finds a program and a directory at home, and refuses a variable in their paths")
    func home() throws {
        #expect(
            faults([("command", .list(["~/no/such"])), path]) == [
                "f.yaml:1:10: command begins with '\(try #require(getenv("HOME").map { String(cString: $0) }))/no/such'"
                    + ", which is no executable file"
            ])
        #expect(
            faults([("command", .list(["/bin/true"])), ("directory", .text("$HOME/x"))]) == [
                "f.yaml:2:12: directory is '$HOME/x', and no variable is put in the place of a $; expected the path itself, "
                    + "or ~/"
            ])
    }

    @Test("tells no values of variables, which may be secrets")
    func secretVariables() {
        for node in [
            ConfigurationNode.text("TOKEN=hush"), .map(["A=B": .text("hush")]), .map(["A": .text("hush\u{0}")]),
        ] {
            let found = faults([("command", .list(["/bin/true"])), ("environment", node)])
            #expect(found.count == 1 && !found[0].contains("hush"), "\(found)")
        }
    }

    @Test("has a text for a shell's command")
    func shellWithList() {
        #expect(
            faults([("command", .list(["echo", "x"])), ("shell", .text("true"))]) == [
                "f.yaml:1:10: command is a list, expected a text"
            ])
    }

    @Test(
        "names each key whose value is wrong, where it stands",
        arguments: [
            ("shell", ConfigurationNode.text("yes"), "2:8: shell is 'yes', expected true or false"),
            ("item", .text("file"), "2:7: item is 'file', expected one of stdin, argument, environment, none"),
            ("item", .text("argument"), "2:7: item is 'argument', and no argument of the command has {item}"),
            (
                "kill_after", .text("5"),
                "2:13: kill_after is '5', expected a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"
            ),
            (
                "output_limit", .text("-1"),
                "2:15: output_limit is '-1', expected a whole number from 0 to \(JobContext.outputLimit)"
            ),
            (
                "output_limit", .text("\(JobContext.outputLimit + 1)"),
                "2:15: output_limit is '\(JobContext.outputLimit + 1)', expected a whole number from 0 to \(JobContext.outputLimit)"
            ),
            ("directory", .text("/no/such"), "2:12: directory is '/no/such', which is not there, expected a directory"),
            (
                "directory", .text("/etc/passwd"),
                "2:12: directory is '/etc/passwd', which is no directory, expected a directory"
            ),
            ("user", .text("no-such-user"), "2:7: user is 'no-such-user', and there is no such user"),
            ("inherit", .text("PATH"), "2:10: inherit is 'PATH', expected a list of texts"),
            ("environment", .text("A=1"), "2:14: environment is a text, expected a map such as { NAME: value }"),
            (
                "environment", .map(["A": .list(["1"])]),
                "2:14: 'A' can't be set to a list, expected a name and a text"
            ),
            (
                "environment", .map(["A=B": .text("1")]),
                "2:14: 'A=B' can't be set to a text, expected a name and a text"
            ),
            ("limits", .text("1G"), "2:9: limits is '1G', expected a map of keys and values"),
            (
                "limits", .map(["memory": .text("lots")]),
                "2:9: memory is 'lots', expected a size in bytes such as 512K, 64M or 1G"
            ),
            (
                "limits", .map(["file_size": .text("0")]),
                "2:9: file_size is '0', expected a size in bytes such as 512K, 64M or 1G"
            ),
            (
                "limits", .map(["cpu_time": .text("0")]),
                "2:9: cpu_time is '0', expected a duration longer than 0, of at most 365d, such as 10ms, 1.5s, 2m or 1h"
            ),
            (
                "limits", .map(["open_files": .text("2")]),
                "2:9: open_files is '2', expected a whole number from 3 to 1048576"
            ),
            (
                "limits", .map(["processes": .text("0")]),
                "2:9: processes is '0', expected a whole number from 1 to 4194304"
            ),
            ("limits", .map(["memroy": .text("1G")]), "2:9: unknown key 'memroy' in limits, did you mean 'memory'?"),
            ("enviroment", .map([:]), "2:1: unknown key 'enviroment' in the consumer, did you mean 'environment'?"),
        ]
    )
    func faultyKey(key: String, node: ConfigurationNode, fault: String) {
        #expect(faults([("command", .list(["/bin/true"])), (key, node)]) == ["f.yaml:\(fault)"])
    }

    @Test("reports every fault at once")
    func severalFaults() {
        let found = faults([
            ("command", .list(["/no/such"])), ("shell", .text("1")), ("kill_after", .text("x")),
            ("limits", .map(["memory": .text("x"), "open_files": .text("x")])),
        ])
        #expect(found.count == 5)
    }

    @Test("finds a program on the configured PATH, first come first served")
    func searchPath() async throws {
        let directory = try TemporaryDirectory()
        for place in ["first", "second"] {
            try FileManager.default.createDirectory(
                atPath: directory.path(place), withIntermediateDirectories: false)
            try await writeProgram("#!/bin/sh\necho \(place)\n", to: directory.path("\(place)/program"))
        }
        try #require(chmod(directory.path("first/program"), 0o644) == 0)
        let search = "\(directory.path("first")):\(directory.path("second")):/usr/bin:/bin"
        let keys: KeyValuePairs = [
            "item": ConfigurationNode.text("none"), "environment": .map(["PATH": .text(search)]),
        ]
        // The first one may not be executed, which is no reason to fail.
        #expect(try await ExecRunner(["program"], keys).run().output == "second\n")
        try #require(chmod(directory.path("first/program"), 0o755) == 0)
        #expect(try await ExecRunner(["program"], keys).run().output == "first\n")
    }

    @Test("passes an item on by argument if one has {item}, by environment to a shell, and by stdin to anything else")
    func defaultPassing() async throws {
        #expect(try await ExecRunner(["/bin/echo", "<{item}>"]).run("x").output == "<x>\n")
        #expect(try await ExecRunner(["/bin/cat"]).run("x").output == "x")
        let shell = try ExecRunner(shell: "echo \"<$KATA_ITEM>\"; cat | wc -c")
        #expect(await shell.run("x; y").output == "<x; y>\n0\n")
    }
}

private let expectedCommand = "expected a list such as [program, argument, \"{item}\"]"
/// So that faults do not depend on where the tests run.
private let path = ("environment", ConfigurationNode.map(["PATH": .text("/usr/bin:/bin")]))

private func faults(_ keys: [(String, ConfigurationNode)]) -> [String] {
    let report = ConfigurationSection.Report()
    let node = ConfigurationNode.map(keys.map { (key: $0.0, node: $0.1) })
    var section = ConfigurationSection(node, title: "the consumer", report: report)
    _ = ExecConfiguration(&section, pipeline: "p", groups: .untouched)
    section.finish()
    return report.faults.map(\.description)
}
