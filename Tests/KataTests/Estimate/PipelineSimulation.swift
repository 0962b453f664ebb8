/// Plays a producer, a bounded queue and consumers event by event, in whole milliseconds.
///
/// It knows nothing of the theory: it lets happen what can happen, then moves on to the next moment.
struct PipelineSimulation {
    let workers: Int
    let queueSize: Int
    let interval: Int
    let duration: Int

    private var now = 0
    private var queue: [Int] = []
    private var nextItem = 0
    private var producerWakes = 0
    private var handling: [(item: Int, until: Int)?]
    /// For each item, when it was done and when the producer's sleep after it was over.
    private var done: [Int] = []
    private var slept: [Int] = []

    init(workers: Int, queueSize: Int, interval: Int, duration: Int) {
        self.workers = workers
        self.queueSize = queueSize
        self.interval = interval
        self.duration = duration
        handling = Array(repeating: nil, count: workers)
    }

    /// The time that 0, 1, … up to `items` items take. What comes after an item does not change when it is done, so one
    /// play tells it for every number of items.
    mutating func makespans(upTo items: Int) -> [Int] {
        done = Array(repeating: 0, count: items)
        slept = Array(repeating: 0, count: items)
        while true {
            while step(items: items) {}
            guard let next = nextMoment(items: items) else { break }
            now = next
        }
        var makespans = [0]
        for item in 0..<items { makespans.append(max(makespans[item], done[item], slept[item])) }
        return makespans
    }

    /// Lets one thing happen now.
    ///
    /// - Returns: whether there was one.
    private mutating func step(items: Int) -> Bool {
        for worker in handling.indices {
            if let job = handling[worker], job.until <= now {
                done[job.item] = now
                handling[worker] = nil
                return true
            }
            if handling[worker] == nil, !queue.isEmpty {
                handling[worker] = (queue.removeFirst(), now + duration)
                return true
            }
        }
        if nextItem < items, producerWakes <= now, queue.count < queueSize {
            queue.append(nextItem)
            producerWakes = now + interval
            slept[nextItem] = producerWakes
            nextItem += 1
            return true
        }
        return false
    }

    private func nextMoment(items: Int) -> Int? {
        let moments = handling.compactMap { $0?.until } + (nextItem < items ? [producerWakes] : [])
        return moments.filter { $0 > now }.min()
    }
}
