import Kata
import Testing

extension SessionBehaviour {
    static func checkStarts(_ store: any JobStore) throws {
        func time(_ seconds: Int) -> Timestamp { .sample(after: .seconds(seconds)) }
        func save(_ key: String?, _ seconds: Int, _ pipeline: String = "a", expiry: Int = 0) throws {
            try store.transaction {
                try $0.saveStart(pipeline: pipeline, key: key, at: time(seconds), forgettingBefore: time(expiry))
            }
        }
        func starts(_ pipeline: String = "a", since seconds: Int = 0) throws -> LastStarts {
            try store.transaction { try $0.lastStarts(pipeline: pipeline, since: time(seconds)) }
        }
        #expect(try starts() == LastStarts())
        try save(nil, 1)
        #expect(try starts() == LastStarts(latest: time(1)))
        try save("k", 2)
        try save("l", 3)
        try save("k", 4)
        #expect(try starts() == LastStarts(latest: time(4), keys: ["k": time(4), "l": time(3)]))
        #expect(try starts("b") == LastStarts())
        try save("k", 9, "b", expiry: 9)
        #expect(try starts() == LastStarts(latest: time(4), keys: ["k": time(4), "l": time(3)]))
        #expect(try starts(since: 4) == LastStarts(latest: time(4), keys: ["k": time(4)]))
        #expect(try starts(since: 5) == LastStarts())
        try save("m", 10, expiry: 4)
        #expect(try starts() == LastStarts(latest: time(10), keys: ["k": time(4), "m": time(10)]))
        #expect(try starts("b") == LastStarts(latest: time(9), keys: ["k": time(9)]))
    }

}
