/// Something around every handler: it sees each job before and after, and can change what the handler is given or
/// throws.
///
/// ```swift
/// struct OfficeHours: JobMiddleware {
///     func handle(_ job: Job, in context: JobContext, next: Next) async throws {
///         guard isOpen() else { throw JobFailure("closed", retry: .after(.seconds(600))) }
///         try await next(job, context)
///     }
/// }
/// ```
public protocol JobMiddleware: Sendable {
    /// The handler, with the middleware that stands between.
    typealias Next = @Sendable (_ job: Job, _ context: JobContext) async throws -> Void

    /// Called in place of the handler, by many consumers at once.
    ///
    /// - Parameters:
    ///   - job: to be passed on to `next`.
    ///   - context: to be passed on as well, as it is or with another ``JobContext/logger``.
    ///   - next: handles the job. Not calling it leaves the handler out; the job is done then, unless this throws.
    /// - Throws: what is thrown here is what became of the attempt; see ``JobHandler/handle(_:in:)``.
    func handle(_ job: Job, in context: JobContext, next: Next) async throws
}
