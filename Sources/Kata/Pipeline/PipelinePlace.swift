import Synchronization

/// The place that one pipeline after the other has, as a configuration is reloaded. Those before know it, too.
final class PipelinePlace: Sendable {
    private struct Holder {
        weak var pipeline: Pipeline?
    }

    private let holder = Mutex(Holder())

    /// Who has it now; `nil` if it never changed hands.
    var pipeline: Pipeline? { holder.withLock { $0.pipeline } }

    func take(_ pipeline: Pipeline) {
        holder.withLock { $0.pipeline = pipeline }
    }
}
