import GRDB
import Kata

extension SQLiteTransaction {
    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws {
        try database.execute(
            sql: """
                UPDATE pipeline SET drained_at = ?, drain_finished = ?, drain_went_back = ?, drain_cut_off = ? WHERE id = ?
                """,
            arguments: [
                receipt.at.milliseconds, receipt.finished, receipt.wentBack, receipt.cutOff,
                try pipelineID(of: pipeline),
            ]
        )
    }

    func setPaused(_ isPaused: Bool, pipeline: String, at time: Timestamp) throws {
        try database.execute(
            sql: "UPDATE pipeline SET paused_at = ? WHERE id = ?",
            arguments: [isPaused ? time.milliseconds : nil, try pipelineID(of: pipeline)]
        )
    }

    /// The id of the pipeline of that name, which is added if need be.
    func pipelineID(of name: String) throws -> Int64 {
        let query = try SQLStatement("SELECT id FROM pipeline WHERE name = ?1", in: database)
        query.bind(name, at: 1)
        if let known = try query.rows({ $0.integer(0) }).first { return known }
        try database.execute(sql: "INSERT INTO pipeline (name) VALUES (?)", arguments: [name])
        return database.lastInsertedRowID
    }
}
