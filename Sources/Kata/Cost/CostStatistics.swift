import Synchronization

/// What the attempts of a pipeline have cost that had a process.
final class CostStatistics: Sendable {
    private struct Histograms {
        /// In microseconds.
        var processorTime = CostHistogram()
        /// In milliseconds.
        var waited = CostHistogram()
        /// In milliseconds.
        var worked = CostHistogram()
        /// In bytes.
        var peakMemory = CostHistogram()
    }

    /// `nil` before the first of them.
    private let histograms = Mutex<Histograms?>(nil)

    /// Takes in an attempt.
    ///
    /// - Parameters:
    ///   - waited: how long its job had waited when it began.
    ///   - worked: how long it took.
    func add(_ cost: JobCost, waited: Duration, worked: Duration) {
        histograms.withLock { histograms in
            var changed = histograms.take() ?? Histograms()
            changed.processorTime.add(cost.processorTime.nanoseconds / 1_000)
            changed.waited.add(waited.milliseconds)
            changed.worked.add(worked.milliseconds)
            if let memory = cost.peakMemory { changed.peakMemory.add(memory) }
            histograms = changed
        }
    }

    /// `nil` before the first attempt.
    var summary: CostSummary? {
        histograms.withLock { histograms in
            histograms.map { histograms in
                func times(_ histogram: CostHistogram, _ unit: (Int64) -> Duration) -> CostSummary.Share<Duration> {
                    .init(median: unit(histogram.quantile(0.5)), most: unit(histogram.quantile(0.95)))
                }
                let memory = histograms.peakMemory
                return CostSummary(
                    attempts: Int(histograms.worked.total),
                    processorTime: times(histograms.processorTime) { .microseconds($0) },
                    waited: times(histograms.waited) { .milliseconds($0) },
                    worked: times(histograms.worked) { .milliseconds($0) },
                    peakMemory: memory.total == 0
                        ? nil : .init(median: memory.quantile(0.5), most: memory.quantile(0.95)))
            }
        }
    }
}
