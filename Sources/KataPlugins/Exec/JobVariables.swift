import Kata

/// The variables that tell a process which job it does.
enum JobVariables {
    /// As `NAME=value`. They come last, and no configured variable has one of their names.
    ///
    /// - Parameter takesReports: whether the process has a descriptor to say how far it is.
    static func of(_ job: Job, in context: JobContext, takesReports: Bool) -> [String] {
        var variables = [
            "KATA_JOB_ID=\(job.id)", "KATA_ATTEMPT=\(job.attempt)", "KATA_PIPELINE=\(context.pipeline)",
            "KATA_CONSUMER_ID=\(context.consumerID)",
        ]
        if let trace = job.traceParent { variables.append("TRACEPARENT=\(trace.text)") }
        if let checkpoint = context.checkpoint { variables.append("KATA_CHECKPOINT=\(checkpoint)") }
        if takesReports { variables.append("KATA_PROGRESS_FD=\(ProcessLaunch.reportsDescriptor)") }
        return variables
    }
}
