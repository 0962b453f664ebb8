/// What a bounded queue has to do, told in another way than the code under test: one line of elements, of which the first
/// `size` are in the queue and those behind them belong to putters that wait.
struct QueueModel {
    let size: Int
    private(set) var line: [Int] = []
    private(set) var takers: [Int] = []
    private(set) var isFinished = false

    var depth: Int { min(line.count, size) }
    var waitingPutters: [Int] { Array(line.dropFirst(size)) }

    init(size: Int) {
        self.size = size
    }

    mutating func put(_ element: Int) -> QueueAnswer {
        if isFinished { return .refused }
        if !takers.isEmpty { return .handOver(taker: takers.removeFirst(), element) }
        line.append(element)
        return line.count > size ? .wait : .stored
    }

    mutating func take(_ taker: Int) -> QueueAnswer {
        if line.isEmpty && isFinished { return .end }
        if line.isEmpty {
            takers.append(taker)
            return .wait
        }
        let element = line.removeFirst()
        return .take(element, admitted: line.count >= size ? line[size - 1] : nil)
    }

    mutating func cancelPut(_ element: Int) {
        line.removeAll { $0 == element }
    }

    mutating func cancelTake(_ taker: Int) {
        takers.removeAll { $0 == taker }
    }

    mutating func finish() -> QueueAnswer {
        defer {
            line = Array(line.prefix(size))
            takers = []
            isFinished = true
        }
        return .finish(takersAtEnd: takers, puttersRefused: waitingPutters)
    }

}

/// What an event came to. A putter goes by its element.
enum QueueAnswer: Equatable {
    case stored
    case handOver(taker: Int, Int)
    case wait
    case refused
    case take(Int, admitted: Int?)
    case end
    case finish(takersAtEnd: [Int], puttersRefused: [Int])
    case cancelled(Int?)
}
