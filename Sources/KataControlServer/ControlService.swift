public import Kata
public import KataControl

/// What the control server needs from a daemon.
public protocol ControlService: Sendable {
    var version: String { get }

    func status() -> StatusDocument

    /// Reads what was recorded.
    var records: any JobStoreReader { get }

    /// - Parameter pipeline: `nil` means the only one.
    /// - Throws: ``ProblemDocument``.
    func startRun(pipeline: String?) async throws -> Run

    /// - Parameters:
    ///   - pipeline: `nil` means the only one.
    ///   - workers: `nil` means as many as it has.
    /// - Throws: ``ProblemDocument``.
    func estimate(pipeline: String?, workers: Int?) throws -> EstimateDocument
}
