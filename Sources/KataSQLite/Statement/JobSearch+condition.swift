import Kata

extension JobSearch {
    /// What has to hold for a row of `job`, but for the group of failures, as the rest of an expression that begins with `AND`.
    /// What costs little is asked first.
    ///
    /// - Parameter index: the first of nine parameters that ``SQLStatement/bind(_:at:)-(JobSearch,_)`` sets.
    func condition(_ index: Int) -> String {
        var conditions: [String] = []
        if let states {
            conditions.append("job.state IN (\(states.map(\.code).sorted().map(String.init).joined(separator: ",")))")
        }
        if pipeline != nil {
            conditions.append(
                "job.run_id IN (SELECT id FROM run WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?\(index)))"
            )
        }
        if since != nil { conditions.append("job.created_at >= ?\(index + 1)") }
        if until != nil { conditions.append("job.created_at < ?\(index + 2)") }
        if unique != nil { conditions.append("job.unique_key = ?\(index + 3)") }
        if key != nil { conditions.append("job.limit_key = ?\(index + 4)") }
        if finishedBefore != nil {
            conditions.append(
                "coalesce(job.finished_at, (SELECT finished_at FROM result WHERE id = job.result_id)) < ?\(index + 5)")
        }
        if tag != nil {
            conditions.append("EXISTS (SELECT 1 FROM job_tag WHERE job_id = job.id AND tag = ?\(index + 8))")
        }
        if item != nil { conditions.append("instr(\(Self.shownItem), ?\(index + 6)) > 0") }
        if error != nil { conditions.append("instr(job.error, ?\(index + 7)) > 0") }
        return conditions.map { " AND \($0)" }.joined()
    }

    /// What ``ShownItem`` shows: nobody may find out by searching what else is in an item.
    private static let shownItem = """
        CASE WHEN substr(job.item, 1, 15) = '{"\(ShownItem.field)":"' AND json_valid(job.item)
        THEN json_extract(job.item, '$.\(ShownItem.field)') ELSE job.item END
        """
}

extension SQLStatement {
    /// Sets the parameters of ``JobSearch/condition(_:)``, as far as it has them.
    func bind(_ search: JobSearch, at index: Int32) {
        if let pipeline = search.pipeline { bind(pipeline, at: index) }
        if let since = search.since { bind(since.milliseconds, at: index + 1) }
        if let until = search.until { bind(until.milliseconds, at: index + 2) }
        if let unique = search.unique { bind(unique, at: index + 3) }
        if let key = search.key { bind(key, at: index + 4) }
        if let time = search.finishedBefore { bind(time.milliseconds, at: index + 5) }
        if let item = search.item { bind(item, at: index + 6) }
        if let error = search.error { bind(error, at: index + 7) }
        if let tag = search.tag { bind(tag, at: index + 8) }
    }
}
