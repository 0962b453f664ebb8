import CLinux
import Glibc

/// What SQLite keeps in the file `-shm` of a database: how long its write-ahead log is, and up to where readers need it. See
/// "WAL-Index Format" in SQLite's documentation.
struct WriteAheadLogIndex {
    /// A reader's place in the index. Readers that see the same state share one.
    struct ReadMark: Hashable {
        /// From 0 to 4; 0 is for those who need nothing of the log.
        let slot: Int
        /// Up to which page of the log its readers see; 0 for the first slot.
        let frame: UInt32
        /// Who reads, or one of them; 0 if it can't be seen from here.
        let process: Int32
    }

    /// How many pages the log has.
    let frames: UInt32
    /// Up to which page the log has gone to the database. Readers of the first slot hold that up from where it was when they
    /// began.
    let checkpointed: UInt32
    /// How long a page of the log is, in bytes.
    let frameSize: Int64
    /// The marks that somebody has locked.
    let marks: [ReadMark]

    private static let headerSize = 136
    private static let backfill = 96
    private static let firstMark = 100
    private static let firstLock: Int64 = 123
    private static let slots = 5

    /// - Parameter descriptor: of the file, which may be open for reading only.
    /// - Returns: `nil` if there is no index, or it is being changed.
    init?(of descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: Self.headerSize)
        let count = bytes.count
        guard pread(descriptor, &bytes, count, 0) == count else { return nil }
        // SQLite writes the header twice, one after the other. Who reads two that are the same has a whole one.
        guard bytes[0..<48] == bytes[48..<96], bytes[12] != 0 else { return nil }
        func word(_ offset: Int) -> UInt32 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        }
        let size = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 14, as: UInt16.self) }
        frames = word(16)
        checkpointed = word(Self.backfill)
        // A page of 64 KiB is written as 1.
        frameSize = 24 + (size == 1 ? 65_536 : Int64(size))
        marks = (0..<Self.slots).compactMap { slot in
            var process: Int32 = 0
            guard clinux_lock_holder(descriptor, Self.firstLock + Int64(slot), &process) == 1 else { return nil }
            return ReadMark(slot: slot, frame: slot == 0 ? 0 : word(Self.firstMark + 4 * slot), process: process)
        }
    }

    /// The mark of those who see the oldest state; `nil` if nobody reads.
    var oldest: ReadMark? { marks.max { bytes(since: $0) < bytes(since: $1) } }

    /// How much of the log can't be reset because of the readers of that mark, as it was written after what they see, in
    /// bytes.
    func bytes(since mark: ReadMark) -> Int64 {
        let seen = mark.slot == 0 ? checkpointed : mark.frame
        return frames < seen ? 0 : Int64(frames - seen) * frameSize
    }
}
