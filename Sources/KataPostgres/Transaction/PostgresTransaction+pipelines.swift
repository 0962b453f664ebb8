import Kata

extension PostgresTransaction {
    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws {
        write(
            """
            UPDATE pipeline SET drained_at = $2, drain_finished = $3, drain_went_back = $4, drain_cut_off = $5 WHERE id = $1
            """,
            [
                .integer(try pipelineID(of: pipeline)), .time(receipt.at), .integer(receipt.finished),
                .integer(receipt.wentBack), .integer(receipt.cutOff),
            ])
    }

    func setPaused(_ isPaused: Bool, pipeline: String, at time: Timestamp) throws {
        tellsOthers = true
        write(
            "UPDATE pipeline SET paused_at = $2 WHERE id = $1",
            [.integer(try pipelineID(of: pipeline)), .time(isPaused ? time : nil)])
    }

    /// The id of the pipeline of that name, which is added if need be.
    func pipelineID(of name: String) throws -> Int64 {
        if let id = known.pipeline(name) { return id }
        let ids = try rows("SELECT id FROM pipeline WHERE name = $1", [.text(name)]) { $0.integer(0) }
        let id =
            try ids.first
            ?? returning(
                """
                INSERT INTO pipeline (name) VALUES ($1)
                ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id
                """, [.text(name)]
            ) { $0.integer(0) }[0]
        known.additions.pipelines[name] = id
        return id
    }
}
