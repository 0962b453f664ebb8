/// What is submitted, as a handler takes it that has a say in it.
extension Pipeline {
    func accept(_ jobs: [NewJob], by intake: any JobIntake) throws(JobFault) -> [NewJob] {
        var accepted = jobs
        for index in accepted.indices { accepted[index].item = try intake.accept(item: accepted[index].item) }
        return accepted
    }

    /// An edit with its item as the pipeline takes it.
    ///
    /// - Throws: ``JobFault`` if the pipeline does not take it.
    package func accept(_ edit: JobEdit) throws(JobFault) -> JobEdit {
        guard let item = edit.item, let intake = configuration.handler.intake else { return edit }
        var accepted = edit
        accepted.item = try intake.accept(item: item)
        return accepted
    }
}
