import Kata
import KataSQLite

/// What a daemon works with once its store can be read.
struct DaemonCore: Sendable {
    let lock: DatabaseLock
    let store: SQLiteJobStore
    let recorder: Recorder
    let engine: Engine
}
