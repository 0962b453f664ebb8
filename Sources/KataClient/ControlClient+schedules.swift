public import KataAPI

extension ControlClient {
    /// What pipelines do at certain times.
    ///
    /// - Parameter pipeline: only this one; `nil` means all.
    /// - Throws: ``ControlClientError``.
    public func schedules(pipeline: String? = nil) async throws -> SchedulesDocument {
        try await document(.get("v1", "schedules", query: [("pipeline", pipeline)]))
    }

    /// Adds a job of an entry now.
    ///
    /// - Throws: ``ControlClientError``.
    public func runEntry(_ entry: String, of pipeline: String) async throws -> EntryDocument {
        try await document(.post("v1", "schedules", pipeline, entry, "run"))
    }

    /// Has an entry make no jobs until it is resumed, also after a restart.
    ///
    /// - Throws: ``ControlClientError``.
    public func pauseEntry(_ entry: String, of pipeline: String) async throws -> EntryDocument {
        try await document(.post("v1", "schedules", pipeline, entry, "pause"))
    }

    /// Ends the pause of an entry.
    ///
    /// - Throws: ``ControlClientError``.
    public func resumeEntry(_ entry: String, of pipeline: String) async throws -> EntryDocument {
        try await document(.post("v1", "schedules", pipeline, entry, "resume"))
    }
}
