import Kata

extension PostgresTransaction {
    func expectations(scopes: [String], pipeline: String, at now: Timestamp) throws -> [Expectation] {
        let id = try pipelineID(of: pipeline)
        write(
            """
            INSERT INTO expectation (pipeline_id, since, scope) SELECT $1, $2, * FROM unnest($3::text[])
            ON CONFLICT DO NOTHING
            """, [.integer(id), .time(now), .texts(scopes)])
        takeOrder()
        let known = try rows(
            "SELECT scope, since, is_told FROM expectation WHERE pipeline_id = $1 AND scope = ANY($2) ORDER BY scope FOR UPDATE",
            [.integer(id), .texts(scopes)]
        ) { row in
            Expectation(
                scope: row.text(0), since: Timestamp(milliseconds: row.integer(1)), isTold: row.boolean(2))
        }
        return scopes.compactMap { scope in known.first { $0.scope.utf8.elementsEqual(scope.utf8) } }
    }

    func noteOverdue(scope: String, pipeline: String) throws {
        write(
            """
            UPDATE expectation SET is_told = true
            WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $1) AND scope = $2
            """, [.text(pipeline), .text(scope)])
    }

    func noteSuccess(scope: String, pipeline: String, at time: Timestamp) throws {
        write(
            """
            INSERT INTO expectation (pipeline_id, scope, since) VALUES ($1, $2, $3)
            ON CONFLICT (pipeline_id, scope) DO UPDATE SET since = excluded.since, is_told = false
            """, [.integer(try pipelineID(of: pipeline)), .text(scope), .time(time)])
    }
}
