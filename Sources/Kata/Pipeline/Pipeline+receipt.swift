import Logging
import Synchronization

extension Pipeline {
    /// Says what the drain did, in the store and in the log.
    func leaveReceipt() async throws {
        let receipt =
            state.withLock { $0.current }?.session.progress.receipt() ?? DrainReceipt(at: runtime.wallClock.now())
        lastDrain.withLock { $0 = receipt }
        try await recorder.perform { [name] transaction in try transaction.saveDrain(receipt, of: name) }
        logger.notice(
            "drained",
            metadata: [
                "finished": "\(receipt.finished)", "went_back": "\(receipt.wentBack)", "cut_off": "\(receipt.cutOff)",
            ]
        )
    }
}
