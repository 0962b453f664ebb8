import Kata
import Testing

@testable import KataPlugins

@Suite("A command that a job brings")
struct CommandItemTests {
    @Test("is read, and stored with what is shown of it first")
    func read() throws {
        let text =
            #"{"command": ["make", "-j4", "a b"], "directory": "/srv", "environment": {"TOKEN": "hush", "A": ""}}"#
        let item = try CommandItem(text)
        #expect(item.command == ["make", "-j4", "a b"] && item.directory == "/srv")
        #expect(item.environment == ["TOKEN": "hush", "A": ""])
        #expect(item.shown == "A=… TOKEN=… make -j4 'a b' # in /srv")
        #expect(item.json.hasPrefix(#"{"kata_shown":"A=… TOKEN=… make -j4 'a b' # in /srv","command":["#))
        #expect(ShownItem(item.json).text == item.shown)
        #expect(try CommandItem(item.json) == item)
        #expect(try CommandItem(item.json).json == item.json)
    }

    @Test(
        "is shown as a shell would take it",
        arguments: [("it's", #"'it'\''s'"#), ("", "''"), ("$HOME", "'$HOME'"), ("a=b", "a=b"), ("ü", "'ü'")])
    func quoted(word: String, shown: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.key("command")
            json.list { json in
                json.string("echo")
                json.string(word)
            }
        }
        #expect(try CommandItem(String(decoding: json.bytes, as: UTF8.self)).shown == "echo \(shown)")
    }

    @Test(
        "is refused, and no value of a variable is told",
        arguments: [
            ("make all", "the item is no command, expected one such as"),
            ("[\"make\"]", "the item is no command"),
            ("{\"command\": [\"make\"]} x", "the item is no command"),
            ("{}", "the command has no command, expected a list"),
            ("{\"command\": []}", "command is"),
            ("{\"command\": [\"\"]}", "begins with an empty text"),
            ("{\"command\": [\"a\\u0000b\"]}", "expected a list"),
            ("{\"command\": [\"a\"], \"directory\": \"srv\"}", "expected a path from the root"),
            ("{\"command\": [\"a\"], \"directory\": \"/a\\u0000\"}", "directory is"),
            ("{\"command\": [\"a\"], \"environment\": \"hush\"}", "environment is a text, expected an object"),
            ("{\"command\": [\"a\"], \"environment\": {\"A=B\": \"hush\"}}", "can't name a variable"),
            ("{\"command\": [\"a\"], \"environment\": {\"KATA_JOB_ID\": \"hush\"}}", "which the daemon sets itself"),
            ("{\"command\": [\"a\"], \"environment\": {\"A\": [\"hush\"]}}", "no text"),
            ("{\"command\": [\"a\"], \"environment\": {\"A\": \"hush\\u0000\"}}", "no text"),
            ("{\"command\": [\"a\"], \"enviroment\": {\"A\": \"hush\"}}", "did you mean 'environment'?"),
            ("{\"command\": [\"a\"], \"x\": 1}", "expected one of command, directory, environment"),
        ])
    func refused(item: String, reason: String) throws {
        let fault = try #require(throws: JobFault.self) { try CommandItem(item) }
        #expect("\(fault)".contains(reason), "\(fault)")
        #expect(!"\(fault)".contains("hush"), "\(fault)")
    }
}
