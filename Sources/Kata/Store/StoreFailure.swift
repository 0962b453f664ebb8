/// Why a store could not be read or written.
public struct StoreFailure: Error, Hashable, CustomStringConvertible {
    /// What keeps a store from its work. A later version may know more causes than this one.
    public struct Cause: Hashable, Sendable {
        private enum Kind {
            case full, locked, failing, lost
        }

        private let kind: Kind

        /// There is no space left.
        public static let full = Cause(kind: .full)
        /// Somebody else has it locked.
        public static let locked = Cause(kind: .locked)
        /// It could not be written or read, for instance because its file system takes no writes now.
        public static let failing = Cause(kind: .failing)
        /// It is damaged or gone.
        public static let lost = Cause(kind: .lost)

        /// The cause in a word, as the status has it.
        public var name: String {
            switch kind {
            case .full: "full"
            case .locked: "locked"
            case .failing: "failing"
            case .lost: "lost"
            }
        }
    }

    /// What keeps the store from its work.
    public let cause: Cause
    /// A sentence for people, with what to do where something can be done.
    public let description: String
    /// Whether a restart might find that the transaction is kept, because it failed when it was about to be made durable, or the
    /// answer was lost. See ``JobStore/hasKeptUndecided()``.
    public let isUndecided: Bool

    /// Makes a failure with a sentence for people. It `isUndecided` if a restart might find that the transaction is kept.
    public init(_ cause: Cause, _ description: String, isUndecided: Bool = false) {
        self.cause = cause
        self.description = description
        self.isUndecided = isUndecided
    }

    /// Whether the store may work again by itself, or by what somebody does about the cause. The transaction that failed can
    /// be tried again then.
    public var mayPass: Bool { cause != .lost }
}
