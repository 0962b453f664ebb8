import Kata
import KataAPI
import KataCommand

/// How an estimate comes about, step by step, with its numbers.
struct EstimateArithmetic {
    private(set) var lines: [String] = []

    init(_ estimate: EstimateDocument) {
        guard estimate.items > 0 else {
            lines = ["without items there is nothing to do"]
            return
        }
        guard let interval = estimate.intervalSeconds, let duration = estimate.durationSeconds else {
            lines = [
                "the daemon is of an earlier version, which tells no arithmetic; --config reads the configuration instead"
            ]
            return
        }
        let last = estimate.items - 1
        let (rounds, rest) = last.quotientAndRemainder(dividingBy: estimate.workers)
        let put = Double(last) * interval
        let taken = Double(rest) * interval + Double(rounds) * duration
        let producerEnd = Double(estimate.items) * interval

        lines = ["with \(counted(estimate.workers, "worker")), items 0 to \(last):"]
        add(
            "the producer", "sleeps \(Self.time(interval)) after each item, so it does not put item \(last) before",
            "\(last) × \(Self.time(interval)) = \(Self.time(put))")
        let isAlone = estimate.workers == 1
        if rounds == 0 {
            add("the workers", "one is free for each item, and takes the last as soon as it is put", nil)
        } else {
            let begin = isAlone ? "it begins" : "the one that does item \(last) begins"
            add(
                isAlone ? "the worker" : "the workers",
                "\(isAlone ? "takes" : "take") \(Self.time(duration)) for an item; \(begin) with item \(rest), and does "
                    + "\(counted(rounds, "item")) before item \(last)",
                "\(rest) × \(Self.time(interval)) + \(rounds) × \(Self.time(duration)) = \(Self.time(taken))")
        }
        let start = max(put, taken)
        add(
            "predicted", "the later of the two, and the time of item \(last) itself",
            "max(\(Self.time(put)), \(Self.time(taken))) + \(Self.time(duration)) = \(Self.time(start + duration))"
        )
        if producerEnd > start + duration {
            add(
                "", "but the producer sleeps once more after the last item",
                "\(estimate.items) × \(Self.time(interval)) = \(Self.time(producerEnd))")
        }
        add(
            "lower bound", "with a worker for each item only the producer counts",
            "max(\(Self.time(put)) + \(Self.time(duration)), \(Self.time(producerEnd))) = \(Self.time(estimate.lowerBoundSeconds))"
        )
        lines.append("  \("enough".paddedRight(to: 14))\(Self.enough(estimate, interval, duration))")
    }

    private mutating func add(_ title: String, _ words: String, _ arithmetic: String?) {
        lines.append("  \(title.paddedRight(to: 14))\(words)\(arithmetic == nil ? "" : ":")")
        if let arithmetic { lines.append("  \("".paddedRight(to: 14))  \(arithmetic)") }
    }

    private static func enough(_ estimate: EstimateDocument, _ interval: Double, _ duration: Double) -> String {
        let needed = counted(estimate.workersNeeded, "worker")
        let meanwhile = interval > 0 ? (duration / interval).rounded(.up) : .infinity
        guard meanwhile == Double(estimate.workersNeeded) else {
            return "\(needed): the fewest that reach the lower bound"
        }
        return "\(needed): while one takes \(time(duration)) for an item, \(time(duration)) / \(time(interval)) = "
            + "\(time(duration / interval, unit: "")) are put"
    }

    /// With as many decimals as it has, at most six.
    private static func time(_ seconds: Double, unit: String = " s") -> String {
        guard seconds < 1e12 else { return "\(seconds)\(unit)" }
        let millionths = Int((seconds * 1_000_000).rounded())
        var digits = String(millionths % 1_000_000)
        digits = String(repeating: "0", count: 6 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(millionths / 1_000_000)\(digits.isEmpty ? "" : ".\(digits)")\(unit)"
    }
}
