import Foundation
import Testing

@testable import KataPlugins

@Suite("A field of a cron expression")
struct CronFieldTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let range: ClosedRange<Int>
        var names: [String] = []

        var testDescription: String { name }
        func field(_ text: String) throws -> CronField {
            try CronField(text, name: name, range: range, names: names)
        }
    }

    static let kinds = [
        Kind(name: "minute", range: 0...59), Kind(name: "hour", range: 0...23), Kind(name: "day", range: 1...31),
        Kind(name: "month", range: 1...12, names: CronField.months),
        Kind(name: "weekday", range: 0...7, names: CronField.weekdays),
    ]

    @Test("takes each of its numbers and none beside them", arguments: kinds)
    func bounds(kind: Kind) throws {
        for number in kind.range { #expect(try kind.field("\(number)").values == [number]) }
        for number in [kind.range.lowerBound - 1, kind.range.upperBound + 1, 1_000, Int.max] {
            #expect(throws: CronFault.self) { try kind.field("\(number)") }
        }
        #expect(try kind.field("*").values == Array(kind.range))
    }

    @Test("takes each range that does not go backward", arguments: kinds)
    func ranges(kind: Kind) throws {
        for first in kind.range {
            for last in kind.range {
                let text = "\(first)-\(last)"
                if first <= last {
                    #expect(try kind.field(text).values == Array(first...last))
                } else {
                    #expect(throws: CronFault.self) { try kind.field(text) }
                }
            }
        }
        #expect(throws: CronFault.self) {
            try kind.field("\(kind.range.lowerBound)-\(kind.range.upperBound + 1)")
        }
    }

    @Test("takes each step, from the beginning of what it steps through", arguments: kinds)
    func steps(kind: Kind) throws {
        let middle = kind.range.lowerBound + 3
        for step in 1...kind.range.count {
            let all = Array(stride(from: kind.range.lowerBound, through: kind.range.upperBound, by: step))
            #expect(try kind.field("*/\(step)").values == all)
            let some = Array(stride(from: middle, through: kind.range.upperBound, by: step))
            // A number with a step goes on to the end, as cron has it.
            #expect(try kind.field("\(middle)/\(step)").values == some)
            #expect(try kind.field("\(middle)-\(middle + 2)/\(step)").values == some.filter { $0 <= middle + 2 })
        }
        // Such a step would come once in an hour, a day and so on, which is not what it says.
        for step in [kind.range.count + 1, Int.max] {
            for text in ["*/\(step)", "\(kind.range.lowerBound)/\(step)"] {
                let fault = #expect(throws: CronFault.self) { try kind.field(text) }
                #expect(fault?.description.contains("expected a step of at most \(kind.range.count)") == true)
            }
        }
    }

    @Test("takes names in any case, in ranges and with steps")
    func names() throws {
        let months = Self.kinds[3]
        for (index, name) in CronField.months.enumerated() {
            for text in [name, name.uppercased(), name.capitalized] {
                #expect(try months.field(text).values == [index + 1])
            }
        }
        let weekdays = Self.kinds[4]
        for (index, name) in CronField.weekdays.enumerated() {
            #expect(try weekdays.field(name.capitalized).values == [index])
        }
        #expect(try weekdays.field("mon-fri").values == [1, 2, 3, 4, 5])
        #expect(try weekdays.field("MON-5/2").values == [1, 3, 5])
        #expect(try months.field("oct/1,feb-3").values == [2, 3, 10, 11, 12])
        #expect(throws: CronFault.self) { try weekdays.field("jan") }
        #expect(throws: CronFault.self) { try Self.kinds[2].field("mon") }
        #expect(throws: CronFault.self) { try weekdays.field("fri-mon") }
        // Sunday ends the week as well as it begins it.
        #expect(try weekdays.field("fri-sun").values == [5, 6, 7])
        #expect(try weekdays.field("MON-Sun").values == [1, 2, 3, 4, 5, 6, 7])
        #expect(try weekdays.field("thu-sun/2").values == [4, 6])
        #expect(try weekdays.field("sun-sun").values == [0])
        #expect(throws: CronFault.self) { try months.field("dec-jan") }
    }

    @Test("joins the parts of a list, in order and each value once")
    func lists() throws {
        #expect(try Self.kinds[0].field("59,5,0-10/5,5").values == [0, 5, 10, 59])
        #expect(try Self.kinds[0].field("1,*").values == Array(0...59))
    }

    @Test("restricts, unless it begins with a star")
    func restriction() throws {
        let minute = Self.kinds[0]
        for text in ["*", "*/7", "*,3"] { #expect(try !minute.field(text).isRestricted) }
        for text in ["0", "0-59", "3,*", "0/1"] { #expect(try minute.field(text).isRestricted) }
    }

    @Test(
        "refuses what is none of that",
        arguments: [
            "", ",", "1,", ",1", "-", "1-", "-1", "1-2-3", "/", "/5", "*/", "*/0", "*/-1", "1/2/3", "x", "1.0", "0x1",
            "**", "*-5", "5-*", "*1", " 1", "1/x", "٣",
        ])
    func faults(text: String) {
        for kind in Self.kinds { #expect(throws: CronFault.self) { try kind.field(text) } }
    }

    @Test("names the part that is wrong, and what was expected")
    func message() {
        let fault = #expect(throws: CronFault.self) { try Self.kinds[1].field("3,24") }
        #expect(fault?.description == "has '24' as its hour, expected *, numbers from 0 to 23, ranges or steps")
        let step = #expect(throws: CronFault.self) { try Self.kinds[0].field("*/90") }
        #expect(
            step?.description
                == "has '*/90' as its minute, expected a step of at most 60; for longer ones there is the key every, as in every: 90m"
        )
        let long = #expect(throws: CronFault.self) { try Self.kinds[1].field(String(repeating: "1/", count: 10_000)) }
        #expect(long.map { $0.description.utf8.count < 200 } == true)
    }
}
