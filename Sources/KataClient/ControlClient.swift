public import KataAPI

/// Talks to a daemon over its Unix socket.
///
/// A connection is kept for the next request to the same socket, whichever client makes it. If the daemon has closed it
/// meanwhile, a new one is opened; the request is sent a second time only if that can't do anything twice.
///
/// Every method throws ``ControlClientError``, or `CancellationError` when its task is cancelled, which closes the
/// connection: what was asked for may be done or not. An answer is waited for 10 seconds, or 10 minutes where the
/// daemon waits for the disk.
public struct ControlClient: Sendable {
    /// Where the daemon listens.
    public let socket: String
    let limits: AnswerLimits

    /// - Parameter socket: its path. Nothing is opened before the first request.
    public init(socket: String) {
        self.init(socket: socket, limits: AnswerLimits())
    }

    init(socket: String, limits: AnswerLimits) {
        self.socket = socket
        self.limits = limits
    }

    /// The same for somebody who does not wait longer than this for any answer but an export.
    public func waiting(atMost time: Duration) -> ControlClient {
        ControlClient(socket: socket, limits: AnswerLimits(prompt: time, disk: time))
    }

    /// What the daemon is doing.
    ///
    /// - Throws: ``ControlClientError``.
    public func status() async throws -> StatusDocument {
        try await document(.get("v1", "status"))
    }

    /// The plugins that there are, and how those are doing that pipelines use.
    ///
    /// - Throws: ``ControlClientError``.
    public func plugins() async throws -> PluginsDocument {
        try await document(.get("v1", "plugins"))
    }

    /// How long a run takes, by theory.
    ///
    /// - Parameters:
    ///   - pipeline: `nil` means the only one.
    ///   - workers: how many to predict for; `nil` means as many as the pipeline has.
    /// - Throws: ``ControlClientError``.
    public func estimate(pipeline: String?, workers: Int?) async throws -> EstimateDocument {
        try await document(
            .get("v1", "estimate", query: [("pipeline", pipeline), ("workers", workers.map(String.init))]))
    }

    /// What a drain would do now.
    ///
    /// - Throws: ``ControlClientError``.
    public func drainForecast() async throws -> DrainDocument {
        try await document(.get("v1", "drain"))
    }

    /// Begins a drain, after which the daemon ends.
    ///
    /// - Throws: ``ControlClientError``.
    public func drain() async throws -> DrainDocument {
        try await document(.post("v1", "drain"))
    }

    /// Streams the results, no faster than it is read. It has to be all there within 24 hours.
    ///
    /// - Parameters:
    ///   - pipeline: `nil` means all.
    ///   - run: a run's number, `latest` or `all`.
    ///   - format: `nil` means the flat file.
    /// - Throws: ``ControlClientError``; the stream throws if it ends before the last line.
    public func export(
        pipeline: String?, run: String, format: String? = nil
    ) async throws -> some AsyncSequence<[UInt8], any Error> {
        let query = [("pipeline", pipeline), ("run", run), ("format", format)]
        let request = ControlRequest.get("v1", "export", query: query)
        return AnswerStream(try await answer(to: request, within: limits.export))
    }
}
