import Foundation
import Testing

/// A configuration with one fault, and the one line that must be said of it.
struct FaultyConfiguration: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// What follows the file's name: `line:column: what, and what was expected`.
    let line: String

    var testDescription: String { name }

    /// The configuration that the faults are put into.
    static let sound = """
        pipelines:
          kata:
            queue_size: 50
            item_count: 100
            worker_count: 12
            producer: { plugin: range, interval: 10ms }
            consumer: { plugin: sleep, duration: 100ms }

        """

    private init(_ name: String, _ text: String, _ line: String) {
        self.name = name
        self.text = text
        self.line = line
    }

    /// The sound configuration with another `queue_size`, which stands at 3:17.
    private static func queueSize(_ name: String, _ value: String, is summary: String) -> Self {
        Self(
            name, replacing("queue_size: 50", by: "queue_size: \(value)"),
            "3:17: queue_size is \(summary), expected a whole number from 1 to 1000000"
        )
    }

    /// The sound configuration with another `interval`, which stands at 6:42.
    private static func interval(_ name: String, _ value: String) -> Self {
        Self(
            name, replacing("interval: 10ms", by: "interval: \(value)"),
            "6:42: interval is '\(value)', expected a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"
        )
    }

    private static func replacing(_ part: String, by replacement: String) -> String {
        sound.replacingOccurrences(of: part, with: replacement)
    }

    static let values = [
        queueSize("a word for a number", "ten", is: "'ten'"),
        queueSize("a negative number", "-1", is: "'-1'"),
        queueSize("zero", "0", is: "'0'"),
        queueSize("a number above the range", "1000001", is: "'1000001'"),
        queueSize("a number that overflows", "99999999999999999999", is: "'99999999999999999999'"),
        queueSize("a fraction", "1.5", is: "'1.5'"),
        queueSize("an exponent", "1e3", is: "'1e3'"),
        queueSize("a hexadecimal number", "0x10", is: "'0x10'"),
        queueSize("digits in groups", "1_000", is: "'1_000'"),
        queueSize("digits of another script", "５０", is: "'５０'"),
        queueSize("infinity", ".inf", is: "'.inf'"),
        queueSize("null", "null", is: "nothing"),
        queueSize("a truth value", "true", is: "'true'"),
        queueSize("a number in quotes", "\"50\"", is: "the text \"50\""),
        queueSize("a list", "[50]", is: "a list"),
        queueSize("a map", "{ a: 1 }", is: "a map"),
        queueSize(
            "a very long word", String(repeating: "a", count: 5_000), is: "'\(String(repeating: "a", count: 40))…'"
        ),
        interval("a duration without a unit", "10"),
        interval("a negative duration", "-10ms"),
        interval("a duration in an unknown unit", "10us"),
        interval("a duration with a blank", "10 ms"),
        interval("a duration in two units", "1h30m"),
        interval("a duration with an exponent", "1e3ms"),
        interval("a duration that ends in a point", "1.s"),
        interval("a word for a duration", "infs"),
    ]

    static let keys = [
        Self(
            "an unknown key", sound + "foo: 1\n",
            "8:1: unknown key 'foo' in the configuration, "
                + "expected one of database, database_group, database_schema, drain_timeout, lease, log_level, metrics, node, pipelines, plugins_directory, socket, "
                + "socket_group, socket_mode, store_patience, ui"
        ),
        Self(
            "a misspelled key of a plugin", replacing("interval", by: "intervall"),
            "6:32: unknown key 'intervall' in the producer of pipeline 'kata', did you mean 'interval'?"
        ),
        Self(
            "a misspelled key of a pipeline", sound + "    exprot: a.txt\n",
            "8:5: unknown key 'exprot' in pipeline 'kata', did you mean 'export'?"
        ),
        Self(
            "a key that is there twice", sound + "    item_count: 5\n",
            "4:5: the key 'item_count' is there twice, expected it once"
        ),
        Self(
            "a key that is a list", "pipelines:\n  ? [a, b]\n  : 1\n",
            "2:5: a key is a list or a map, expected a word"
        ),
        Self(
            "a missing key", replacing("    worker_count: 12\n", by: ""),
            "3:5: pipeline 'kata' has no worker_count, expected a whole number from 1 to 10000"
        ),
        Self(
            "an unknown plugin", replacing("plugin: range", by: "plugin: nonesuch"),
            "6:25: plugin names no source plugin: 'nonesuch', expected one of inbox, lines, range, schedule, spool, "
                + "an executable in /usr/lib/kata/plugins, or a path"
        ),
        Self(
            "a misspelled plugin", replacing("plugin: sleep", by: "plugin: slep"),
            "7:25: plugin names no handler plugin: 'slep', did you mean 'sleep'?"
        ),
        Self(
            "an unknown log level", sound + "log_level: loud\n",
            "8:12: log_level is 'loud', expected one of trace, debug, info, notice, warning, error, critical"
        ),
        Self(
            "a name with a blank", replacing("  kata:", by: "  \"ka ta\":"),
            "2:3: 'ka ta' can't name a pipeline, expected 1 to 64 letters, digits, '_', '.' or '-'"
        ),
        Self(
            "a name in another script", replacing("  kata:", by: "  каta:"),
            "2:3: 'каta' can't name a pipeline, expected 1 to 64 letters, digits, '_', '.' or '-'"
        ),
    ]

    static let files = [
        Self("an empty file", "", "1:1: the file is empty, expected 'pipelines:'"),
        Self("comments alone", "# nothing\n", "1:1: the file is empty, expected 'pipelines:'"),
        Self(
            "a word alone", "hello\n", "1:1: the configuration is 'hello', expected a map of keys and values"
        ),
        Self("a list", "- a\n", "1:1: the configuration is a list, expected a map of keys and values"),
        Self(
            "no pipelines", "log_level: info\n",
            "1:1: the configuration has no pipelines, "
                + "expected a map of pipelines such as 'kata: { queue_size: 50, … }'"
        ),
        Self(
            "two documents", sound + "---\n" + sound,
            "8:1: but found another document (expected a single document in the stream), expected valid YAML"
        ),
        Self(
            "a bracket that is not closed", replacing("10ms }", by: "10ms"),
            "7:13: did not find expected ',' or '}' (while parsing a flow mapping), expected valid YAML"
        ),
        Self(
            "an alias of nothing", replacing("queue_size: 50", by: "queue_size: *nope"),
            "3:17: found undefined alias, expected valid YAML"
        ),
        Self(
            "binary content", "\u{0}\u{1}\u{2}", "1:1: the file is binary (a NUL at byte 0), expected YAML text"
        ),
        Self(
            "10 MB", sound + "#" + String(repeating: "x", count: 10_000_000),
            "1:1: the file is larger than 1024 KiB, expected a configuration"
        ),
        Self(
            "100,000 brackets", String(repeating: "[", count: 100_000),
            "1:1: values are nested too deeply, expected at most 1000 levels"
        ),
        Self(
            "a fault between CRLF line ends",
            replacing("queue_size: 50", by: "queue_size: x").replacingOccurrences(of: "\n", with: "\r\n"),
            "3:17: queue_size is 'x', expected a whole number from 1 to 1000000"
        ),
        Self(
            "a fault after a byte order mark", "\u{feff}" + replacing("queue_size: 50", by: "queue_size: x"),
            "3:17: queue_size is 'x', expected a whole number from 1 to 1000000"
        ),
        Self(
            "a fault without a line end after it", String(replacing("100ms", by: "x").dropLast()),
            "7:42: duration is 'x', expected a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h"
        ),
    ]
}
