/// The exit codes of Kata's commands, as `sysexits.h` has them.
public enum SystemExit: Int32, Sendable {
    case ok = 0
    /// The command line is wrong.
    case usage = 64
    /// The daemon can't be reached.
    case unavailable = 69
    case `internal` = 70
    case cannotCreate = 73
    case io = 74
    /// Another daemon has the database or the socket.
    case alreadyRunning = 75
    case permission = 77
    case configuration = 78
}
