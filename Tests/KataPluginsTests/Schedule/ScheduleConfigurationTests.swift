import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The configuration of a schedule")
struct ScheduleConfigurationTests {
    private let fixture = ScheduleFixture()

    @Test(
        "names the key that is wrong, where it stands",
        arguments: [
            ([("cron", "* * * *")], ["1:7: cron has 4 fields, expected minute, hour, day, month and weekday"]),
            (
                [("item", "x"), ("cron", "61 * * * *")],
                ["2:7: cron has '61' as its minute, expected *, numbers from 0 to 59, ranges or steps"]
            ),
            ([("cron", "0 0 30 2 *")], ["1:7: cron is '0 0 30 2 *', which never comes"]),
            (
                [("cron", "@every 90m")],
                ["1:7: cron is '@every 90m', expected the key every in place of cron, as in every: 90m"]
            ),
            (
                [("cron", "CRON_TZ=Europe/Zurich 0 3 * * *")],
                [
                    "1:7: cron is 'CRON_TZ=Europe/Zurich 0 3 * * *', expected the key time_zone: Europe/Zurich beside cron: \"0 3 * * *\""
                ]
            ),
            ([("every", "1h"), ("overlap", "no")], ["2:10: overlap is 'no', expected one of skip, queue, allow"]),
            (
                [("cron", "@daily"), ("time_zone", "Mars/Base")],
                ["2:12: time_zone is 'Mars/Base', expected a name such as Europe/Berlin"]
            ),
            ([("every", "999ms")], ["1:8: every is too short, expected at least 1s"]),
            ([("every", "0")], ["1:8: every is too short, expected at least 1s"]),
            (
                [("every", "1s"), ("cron", "@daily")],
                ["1:8: every stands beside cron, expected one of them"]
            ),
            (
                [("every", "1s"), ("time_zone", "Europe/Berlin")],
                ["2:12: time_zone has no meaning for every, expected it beside cron"]
            ),
        ] as [([(String, String)], [String])])
    func faults(keys: [(String, String)], expected: [String]) {
        let faults = fixture.faults(keys.map { (key: $0.0, node: .text($0.1)) })
        #expect(faults == expected.map { "f.yaml:\($0)" })
    }

    @Test("takes one of three words for missed times")
    func missed() {
        for word in ["skip", "once", "all"] {
            #expect(fixture.faults([("every", .text("1s")), ("missed", .text(word))]).isEmpty)
        }
        let faults = fixture.faults([("every", .text("1s")), ("missed", .text("some"))])
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("f.yaml:2:9: missed is 'some', expected ") ?? false, "\(faults)")
    }

    @Test("needs times, alone and in entries")
    func noTimes() {
        #expect(fixture.faults([]).count == 1)
        #expect(fixture.faults([("item", .text("x"))]).count == 1)
        #expect(fixture.faults([("entries", .map(["a": .map(["item": .text("x")])]))]).count == 1)
    }

    @Test("has entries in a map")
    func entries() {
        for node in [ConfigurationNode.text("x"), .list(["a"]), .map([:])] {
            let faults = fixture.faults([("entries", node)])
            #expect(faults.count == 1)
            #expect(faults.first?.hasPrefix("f.yaml:1:10: entries is ") ?? false, "\(faults)")
        }
    }

    @Test("has names for entries that its cursor can tell apart", arguments: ["a=b", "a;b", "=", ";", ""])
    func names(name: String) {
        let faults = fixture.faults([("entries", .map([(key: name, node: .map(["every": .text("1h")]))]))])
        #expect(faults.count == 1, "\(faults)")
    }

    @Test("names the entry in which a key is not known")
    func unknownKey() {
        let entry = ConfigurationNode.map(["every": .text("1h"), "evry": .text("1h")])
        let faults = fixture.faults([("entries", .map(["a": entry]))])
        #expect(faults.count == 1)
        #expect(faults.first?.contains("entry 'a'") ?? false, "\(faults)")
        #expect(fixture.faults([("every", .text("1h")), ("evry", .text("1h"))]).count == 1)
    }

    @Test("has nothing beside its entries")
    func besideEntries() {
        let entries = ConfigurationNode.map(["a": .map(["every": .text("1h")])])
        #expect(fixture.faults([("entries", entries), ("every", .text("1h"))]).count == 1)
    }
}
