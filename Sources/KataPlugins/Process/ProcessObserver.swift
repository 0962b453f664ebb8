/// Takes in what a process does. Made and called on the thread of its ``ProcessReactor``, which waits meanwhile.
protocol ProcessObserver: AnyObject {
    /// Bytes from its standard output.
    func output(_ block: UnsafeBufferPointer<UInt8>)

    /// Bytes from its standard error.
    func error(_ block: UnsafeBufferPointer<UInt8>)

    /// Bytes from its descriptor ``ProcessLaunch/reportsDescriptor``, if it has one.
    func report(_ block: UnsafeBufferPointer<UInt8>)

    /// The process has closed its standard output a second ago, and has not ended.
    func outputWasClosed()

    /// The process has ended. Nothing is told after this.
    func ended(_ end: ProcessEnd)

    /// The process could not be started, and nothing is left of it. Nothing else is told then.
    func notStarted(_ error: ProcessLaunchError)
}

extension ProcessObserver {
    func report(_ block: UnsafeBufferPointer<UInt8>) {}
}
