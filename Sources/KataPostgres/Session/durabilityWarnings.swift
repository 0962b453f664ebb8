/// What can lose what was acknowledged, by the server's settings.
///
/// - Throws: ``PostgresError``.
func durabilityWarnings(_ connection: PostgresConnection) throws -> [String] {
    let row = try connection.send([
        PostgresStatement(
            """
            SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
                current_setting('synchronous_standby_names') <> '',
                EXISTS (SELECT 1 FROM pg_stat_replication WHERE application_name <> 'pg_basebackup')
            """)
    ])[0].rows { row in
        (
            commit: row.text(0), fsync: row.text(1), pages: row.text(2), isSynchronous: row.boolean(3),
            hasStandby: row.boolean(4)
        )
    }[0]
    var warnings: [String] = []
    if row.commit == "off" {
        warnings.append(
            "synchronous_commit is off: what was acknowledged in the last moments before a crash of the server is lost")
    }
    if row.fsync == "off" || row.pages == "off" {
        warnings.append("fsync or full_page_writes is off: a crash of the server's machine can destroy the database")
    }
    if row.hasStandby && (!row.isSynchronous || row.commit == "local") {
        warnings.append(
            "the standby is asynchronous: what it has not received yet is lost if it takes over; name it in "
                + "synchronous_standby_names")
    }
    return warnings
}
