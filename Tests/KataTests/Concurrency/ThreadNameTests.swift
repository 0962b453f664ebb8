import Foundation
import Testing

@testable import Kata

@Suite("A thread of its own")
struct ThreadNameTests {
    @Test("has its name for the system, from its first moment")
    func name() async throws {
        for number in 0..<100 {
            let name = try await onThread(named: "kata-\(number)") {
                try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            }
            #expect(name == "kata-\(number)\n")
        }
    }
}
