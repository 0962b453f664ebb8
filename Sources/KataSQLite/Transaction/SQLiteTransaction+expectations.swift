import GRDB
import Kata

extension SQLiteTransaction {
    func expectations(scopes: [String], pipeline: String, at now: Timestamp) throws -> [Expectation] {
        let id = try pipelineID(of: pipeline)
        let insert = try SQLStatement(
            "INSERT OR IGNORE INTO expectation (pipeline_id, scope, since) VALUES (?1, ?2, ?3)", in: database)
        let query = try SQLStatement(
            "SELECT since, is_told FROM expectation WHERE pipeline_id = ?1 AND scope = ?2", in: database)
        return try scopes.flatMap { scope in
            query.bind(id, at: 1)
            query.bind(scope, at: 2)
            func read() throws -> [Expectation] {
                try query.rows { row in
                    Expectation(
                        scope: scope, since: Timestamp(milliseconds: row.integer(0)), isTold: row.integer(1) != 0)
                }
            }
            let known = try read()
            if !known.isEmpty { return known }
            insert.bind(id, at: 1)
            insert.bind(scope, at: 2)
            insert.bind(now.milliseconds, at: 3)
            try insert.execute()
            return try read()
        }
    }

    func noteOverdue(scope: String, pipeline: String) throws {
        let update = try SQLStatement(
            """
            UPDATE expectation SET is_told = 1
            WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?1) AND scope = ?2
            """, in: database)
        update.bind(pipeline, at: 1)
        update.bind(scope, at: 2)
        try update.execute()
    }

    func noteSuccess(scope: String, pipeline: String, at time: Timestamp) throws {
        let insert = try SQLStatement(
            """
            INSERT INTO expectation (pipeline_id, scope, since) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET since = excluded.since, is_told = 0
            """, in: database)
        insert.bind(try pipelineID(of: pipeline), at: 1)
        insert.bind(scope, at: 2)
        insert.bind(time.milliseconds, at: 3)
        try insert.execute()
    }
}
