import Kata

/// What a daemon works with once its store can be read.
struct DaemonCore: Sendable {
    let database: any DaemonDatabase
    let recorder: Recorder
    let engine: Engine
}
