/// A first-in, first-out queue of bounded size between tasks, with the semantics of Python's `asyncio.Queue`.
///
/// `put` waits while the queue is full and `next` waits while it is empty. Elements and waiters are both served in
/// order. Cancelling a waiting task removes exactly that waiter and loses no element. The end of the work travels
/// through the queue as well: after `finish`, takers are given what is left and then `nil`.
///
/// A queue is used through its ends, so that what may be done with it is a matter of types: whoever holds the ``Input``
/// can only put, whoever holds the ``Output`` can only take, and the ``Gauge`` only reads the depth.
public enum BoundedQueue<Element: Sendable> {
    /// Makes a queue that holds at most `size` elements.
    ///
    /// - Precondition: `size` is at least 1.
    @inlinable
    public static func make(size: Int) -> (input: Input, output: Output, gauge: Gauge) {
        let storage = QueueStorage<Element>(size: size)
        return (Input(storage: storage), Output(storage: storage), Gauge(storage: storage))
    }

    /// The end that a producer is given.
    public struct Input: Sendable {
        @usableFromInline let storage: QueueStorage<Element>

        @inlinable
        init(storage: QueueStorage<Element>) {
            self.storage = storage
        }

        /// Puts an element at the back, waiting while the queue is full.
        ///
        /// - Throws: `CancellationError` if the task is cancelled while it waits; ``QueueFinished`` after ``finish()``.
        ///   In both cases the element is not in the queue.
        @inlinable
        public func put(_ element: Element) async throws {
            try await storage.put(element)
        }

        /// Says that nothing more will come. Putters that still wait are refused. Calling it again changes nothing.
        @inlinable
        public func finish() {
            storage.finish()
        }
    }

    /// The end that consumers are given.
    public struct Output: Sendable {
        @usableFromInline let storage: QueueStorage<Element>

        @inlinable
        init(storage: QueueStorage<Element>) {
            self.storage = storage
        }

        /// Takes the element at the front, waiting while the queue is empty; `nil` once it is finished and empty.
        ///
        /// - Throws: `CancellationError` if the task is cancelled while it waits. No element is lost by that.
        @inlinable
        public func next() async throws -> Element? {
            try await storage.next()
        }
    }

    /// Reads the depth, and nothing else.
    public struct Gauge: Sendable {
        @usableFromInline let storage: QueueStorage<Element>

        @inlinable
        init(storage: QueueStorage<Element>) {
            self.storage = storage
        }

        /// The number of elements that the queue can hold.
        @inlinable
        public var size: Int { storage.size }
        /// The number of elements in the queue now. It may have changed by the time it is looked at.
        @inlinable
        public var depth: Int { storage.depth }
    }
}
