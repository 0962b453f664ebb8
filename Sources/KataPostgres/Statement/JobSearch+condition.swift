import Kata

extension JobSearch {
    /// What has to hold for a row of `job`, but for the group of failures, as the rest of an expression that begins with `AND`.
    /// What costs little is asked first.
    func conditions(_ builder: inout StatementBuilder) -> String {
        var conditions: [String] = []
        if let states {
            let codes = states.map(\.code).sorted().map(String.init)
            // No state at all is asked for where two conditions exclude each other.
            conditions.append(codes.isEmpty ? "false" : "job.state IN (\(codes.joined(separator: ",")))")
        }
        if let pipeline {
            conditions.append(
                """
                job.run_id IN (SELECT id FROM run WHERE pipeline_id =
                    (SELECT id FROM pipeline WHERE name = \(builder.add(.text(pipeline)))))
                """)
        }
        if let since { conditions.append("job.created_at >= \(builder.add(.time(since)))") }
        if let until { conditions.append("job.created_at < \(builder.add(.time(until)))") }
        if let unique { conditions.append("job.unique_key IS NOT DISTINCT FROM \(builder.add(.text(unique)))") }
        if let key { conditions.append("job.limit_key IS NOT DISTINCT FROM \(builder.add(.text(key)))") }
        if let time = finishedBefore {
            conditions.append(
                """
                coalesce(coalesce(job.finished_at, (SELECT finished_at FROM result WHERE id = job.result_id))
                    < \(builder.add(.time(time))), false)
                """)
        }
        if let tag {
            conditions.append(
                "EXISTS (SELECT 1 FROM job_tag WHERE job_id = job.id AND tag = \(builder.add(.text(tag))))")
        }
        // Nobody may find out by searching what else is in an item.
        if let item { conditions.append("strpos(shown_item(job.item), \(builder.add(.text(item)))) > 0") }
        if let error { conditions.append("strpos(coalesce(job.error, ''), \(builder.add(.text(error)))) > 0") }
        return conditions.map { " AND \($0)" }.joined()
    }
}
