/// A table that every store with tables has, as it is moved from one to another.
package struct StoredTable: Hashable, Sendable {
    /// What a column holds.
    package enum Kind: Hashable, Sendable {
        case integer, text, boolean, bytes
    }

    /// A column that every store has.
    package struct Column: Hashable, Sendable {
        /// As the table has it.
        package let name: String
        /// What it holds.
        package let kind: Kind
    }

    /// As the store has it.
    package let name: String
    /// Those that are moved.
    package let columns: [Column]
    /// The columns by which rows are told apart, and in whose order they are moved.
    package let key: [String]

    /// - Parameter columns: their names, `:t` behind those of texts, `:b` of truth values and `:x` of bytes; the others hold whole
    ///   numbers.
    fileprivate init(_ name: String, key: String, _ columns: String) {
        self.name = name
        self.key = key.split(separator: " ").map(String.init)
        self.columns = columns.split(whereSeparator: \.isWhitespace).map { column in
            let parts = column.split(separator: ":")
            let kind: Kind =
                switch parts.dropFirst().first {
                case "t": .text
                case "b": .boolean
                case "x": .bytes
                default: .integer
                }
            return Column(name: String(parts[0]), kind: kind)
        }
    }
}

extension StoredTable {
    /// All tables, in an order in which each comes after those that it refers to.
    package static let all = [
        StoredTable(
            "pipeline", key: "id",
            """
            id name:t drained_at drain_finished drain_went_back drain_cut_off paused_at last_start clock_trusted_at
            clock_jumped_at output_bytes
            """),
        StoredTable(
            "run", key: "id",
            """
            id pipeline_id items source_cursor:t source_exhausted:b added scheduled waiting done failed cancelled elapsed_us
            started_at finished_at last_done_at session_open:b
            """),
        StoredTable(
            "job", key: "id",
            """
            id run_id state attempt priority interruptions blockers max_attempts created_at run_at timeout_ms started_at
            finished_at put_off_at result_id unique_key:t limit_key:t item:t error:t
            """),
        StoredTable(
            "result", key: "id", "id job_id run_id attempt started_at finished_at consumer_id:t output:t"),
        StoredTable("dependency", key: "blocker_id job_id", "blocker_id job_id is_patient:b"),
        StoredTable("unsettled", key: "job_id", "job_id state"),
        StoredTable(
            "attempt", key: "id",
            "id job_id attempt exit_code started_at finished_at consumer_id:t error:t output:t"),
        StoredTable(
            "submission", key: "pipeline_id key", "pipeline_id key:t fingerprint job_ids:t created_at"),
        StoredTable("start", key: "pipeline_id key", "pipeline_id key:t started_at"),
        StoredTable("cancelled_with", key: "job_id", "job_id blocker_id"),
        StoredTable(
            "job_output", key: "id",
            """
            id job_id pipeline_id attempt consumer_id:t began_at ended_at attempt_started_at holds_kept:b printed kept
            """),
        StoredTable(
            "job_output_piece", key: "output_id position", "output_id position stream printed_at data:x"),
        StoredTable("alarm", key: "job_id", "job_id pipeline_id kind:t"),
        StoredTable(
            "gathered_alarm", key: "pipeline_id",
            "pipeline_id job_id due_at failures last_at head:t examples:t example_count"),
        StoredTable("open_failure", key: "pipeline_id scope", "pipeline_id scope:t job_id since failures"),
        StoredTable("expectation", key: "pipeline_id scope", "pipeline_id scope:t since is_told:b"),
        StoredTable("schedule_job", key: "job_id", "job_id entry:t"),
        StoredTable("schedule_entry", key: "pipeline_id entry", "pipeline_id entry:t paused_at job_id"),
        StoredTable("result_cost", key: "result_id", "result_id user_us system_us peak_memory waited_ms"),
        StoredTable("attempt_cost", key: "attempt_id", "attempt_id user_us system_us peak_memory waited_ms"),
        StoredTable("job_tag", key: "job_id tag", "job_id tag:t"),
        StoredTable("job_copy", key: "job_id", "job_id copy_of"),
        StoredTable("checkpoint", key: "job_id", "job_id text:t"),
        StoredTable("job_trace", key: "job_id", "job_id traceparent:t"),
    ]
}
