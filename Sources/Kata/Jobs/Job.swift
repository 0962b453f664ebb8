/// An item with its durable record, as a handler is given it.
///
/// Thousands may be held at a time, so each takes little: what is small is stored as such.
public struct Job: Hashable, Sendable {
    /// Identifies a job within its store. Later jobs have larger ids.
    public typealias ID = Int64

    /// Given out by the store, and never given out again, even when the job is pruned.
    public let id: ID
    /// The run that the job is part of. It stays the same when the job is tried again.
    public let runID: Run.ID
    /// What the source emitted or somebody submitted, kept as it came. At most ``NewJob/itemLimit`` bytes of UTF-8.
    public var item: String
    /// What the limits per key go by; `nil` if only the limits for all jobs hold.
    public let key: String?
    /// Where the job comes from, in a trace; `nil` if nobody said.
    public var traceParent: TraceParent?
    private var ready = Incidental<Int64>(value: .min)
    private let storedTimeout: Int64
    private var storedAttempt: Int32
    private let storedPriority: Int32
    private let storedMaxAttempts: Int32
    private var storedInterruptions: Int32

    /// A job at its first attempt, with everything else left to the pipeline, unless other values are given.
    public init(
        id: ID, runID: Run.ID, item: String, attempt: Int = 1, priority: Int = 0, maxAttempts: Int? = nil,
        timeout: Duration? = nil, key: String? = nil, interruptions: Int = 0
    ) {
        self.id = id
        self.runID = runID
        self.item = item
        self.key = key
        storedTimeout = timeout?.milliseconds ?? .min
        storedAttempt = Int32(clamping: attempt)
        storedPriority = Int32(clamping: priority)
        storedMaxAttempts = maxAttempts.map(Int32.init(clamping:)) ?? .min
        storedInterruptions = Int32(clamping: interruptions)
    }

    /// Which attempt this is, from 1. With the id it is the idempotency token of a handler.
    public var attempt: Int {
        get { Int(storedAttempt) }
        set { storedAttempt = Int32(clamping: newValue) }
    }

    /// Higher goes first. One of ``NewJob/priorities``.
    public var priority: Int { Int(storedPriority) }

    /// How many attempts the job has in all; `nil` if that is for the pipeline to say.
    public var maxAttempts: Int? { storedMaxAttempts == .min ? nil : Int(storedMaxAttempts) }

    /// How long an attempt may take, in whole milliseconds; `nil` if that is for the pipeline to say.
    public var timeout: Duration? { storedTimeout == .min ? nil : .milliseconds(storedTimeout) }

    /// How many times the job was cut off in a handler by an end of the daemon that nobody asked for, or of what it ran in.
    /// Counted anew after a retry by hand.
    public var interruptions: Int {
        get { Int(storedInterruptions) }
        set { storedInterruptions = Int32(clamping: newValue) }
    }

    /// Since when the attempt could have begun: when the job was stored or due; `nil` if that is not known.
    package var readyAt: Timestamp? {
        get { ready.value == .min ? nil : Timestamp(milliseconds: ready.value) }
        set { ready.value = newValue?.milliseconds ?? .min }
    }
}
