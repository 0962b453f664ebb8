/// Is told, on the recorder's thread, what became of the outcomes that it had recorded.
protocol CompletionObserver: AnyObject, Sendable {
    /// Takes in that an outcome is not recorded: the job is not pending at that attempt any more, because somebody cancelled it.
    func refused(_ completion: Completion)

    /// Takes in that the outcome of an attempt is recorded.
    ///
    /// - Parameter waited: how long its job had waited when it began; `nil` unless the attempt has a cost.
    func recorded(_ completion: Completion, waited: Duration?)
}
