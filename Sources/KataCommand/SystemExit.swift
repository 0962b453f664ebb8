/// The exit codes of Kata's commands, as `sysexits.h` has them.
public enum SystemExit: Int32, Sendable {
    /// Done, or drained.
    case ok = 0
    /// The command line is wrong.
    case usage = 64
    /// What was checked has faults.
    case dataFault = 65
    /// The daemon can't be reached.
    case unavailable = 69
    /// An error that has no code of its own.
    case `internal` = 70
    /// A file, socket or directory can't be created.
    case cannotCreate = 73
    /// Reading or writing failed, be it a file or the database.
    case io = 74
    /// Another daemon has the database or the socket, or a run is not finished yet.
    case alreadyRunning = 75
    /// The system does not permit it.
    case permission = 77
    /// The configuration has faults, or names a database or socket that can't be used.
    case configuration = 78
}
