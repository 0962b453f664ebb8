import Dispatch
import Kata
import KataTestSupport
import KataTesting
import Synchronization

/// A store in memory that stops before each commit until it is let go on, so that a test can see what a recorder does
/// meanwhile.
final class StepStore: JobStore, ForwardingReader {
    let memory = MemoryJobStore()
    var reader: any JobStoreReader { memory }
    private let mayCommit = DispatchSemaphore(value: 0)
    private let begun = Mutex<[Latch]>([])
    private let state = Mutex((transactions: 0, failure: (any Error)?.none))

    /// How many transactions were begun.
    var transactions: Int { state.withLock { $0.transactions } }

    /// Waits until the body of that transaction, counted from 1, was carried out and only its commit is missing.
    func waitForTransaction(_ number: Int) async throws {
        try await signal(number).wait()
    }

    /// Lets as many transactions commit.
    func letCommit(_ count: Int = 1) {
        for _ in 0..<count { mayCommit.signal() }
    }

    /// Lets all transactions commit from now on, as far as a test gets.
    func letAllCommit() { letCommit(100_000) }

    /// Lets the transaction that waits, and all later ones, fail.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = error }
        letAllCommit()
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try memory.transaction { transaction in
            let number = state.withLock { state in
                state.transactions += 1
                return state.transactions
            }
            let result = try body(transaction)
            signal(number).open()
            mayCommit.wait()
            if let failure = state.withLock({ $0.failure }) { throw failure }
            return result
        }
    }

    private func signal(_ number: Int) -> Latch {
        begun.withLock { signals in
            while signals.count < number { signals.append(Latch()) }
            return signals[number - 1]
        }
    }
}
