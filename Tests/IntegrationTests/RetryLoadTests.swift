import Foundation
import KataTestSupport
import Testing

@Suite("Retries that come due while others fail", .timeLimit(.minutes(10)))
struct RetryLoadTests {
    @Test("are all made, without anything else that wakes the daemon")
    func soon() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script: "sleep 0.02; test $KATA_ATTEMPT -gt 1 || exit 75", workers: 8,
            pipeline: "retry: { attempts: 2, backoff: 5ms }")
        try await workplace.withDaemon { _ in
            for round in 1...rounds(15) {
                try await workplace.submit((1...40).map { "\($0)" })
                try await #require(
                    eventually { try await workplace.count("results") == round * 40 },
                    "some are never made")
            }
        }
    }
}
