import NIOCore

/// What a client may ask of the server. Sizes are in bytes.
struct HTTPLimits: Sendable {
    /// How much the body of a request may have.
    var body = HTTPRequest.bodyLimit
    /// How much of a body is taken in on any connection, at any time. Bodies up to here wait for nothing.
    var smallBody = 1 << 14
    /// How much all larger bodies together may have, from their first byte until their requests are answered.
    var bodies = HTTPRequest.bodyLimit * 3 / 2
    /// How much is read from a connection at a time.
    var read = 1 << 14
    /// How many connections there are at a time.
    var connections = 2_000
    /// How many more there may be of the daemon's own user and of root, so that these can always get in.
    var reservedConnections = 32
    /// How long a connection is kept on which no request was begun, or only part of its head has come.
    var idle = TimeAmount.seconds(60)
    /// How long nothing may come of a body that was begun.
    var stall = TimeAmount.seconds(30)
    /// How long a body may take in all, without the time for which the server has not read it.
    var request = TimeAmount.minutes(5)
    /// How long a request waits until there is room for its body.
    var room = TimeAmount.minutes(2)
    /// How many requests that came together are answered in a row, before others have their turn.
    var requestsInTurn = 16
    /// How long these may take before others have their turn.
    var turn = TimeAmount.milliseconds(1)
    /// How long the others then have, at the least. The event loop looks at its sockets only when nothing is due.
    var pause = TimeAmount.microseconds(100)
}
