/// The way to a process of a ``ProcessReactor``, from before it is started until after it has ended: what is sent is done in
/// order, after the start, and to nobody once the process is gone.
struct ProcessHandle: Sendable {
    let mailbox: ReactorMailbox
    let token: UInt64

    /// Writes bytes to its standard input, as it reads them.
    func send(_ bytes: [UInt8]) {
        mailbox.send(.write(token: token, bytes))
    }

    /// Closes its standard input, once it has everything that was sent.
    func closeInput() {
        mailbox.send(.closeInput(token: token))
    }

    /// Sends a signal to the process and its group.
    func signal(_ number: Int32) {
        mailbox.send(.signal(token: token, number))
    }

    /// Tells it, and what it started, to end, and kills it when that takes too long.
    func terminate(killAfter: Duration) {
        mailbox.send(.terminate(token: token, killAfter: killAfter))
    }
}
