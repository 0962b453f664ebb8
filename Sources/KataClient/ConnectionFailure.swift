/// Why a request on a connection has no answer, or not all of it.
enum ConnectionFailure: Error, Hashable {
    /// The daemon had closed the connection before, so that nothing of the request was sent.
    case notSent
    /// The daemon closed the connection. If no byte of the answer had come, nobody knows whether the daemon has done
    /// anything.
    case closed(isAnswerBegun: Bool)
    /// The time for the answer is over.
    case timedOut(isAnswerBegun: Bool)
    /// What came is no answer in HTTP.
    case malformed(reason: String)
}
