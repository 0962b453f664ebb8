import Kata

extension MemoryTransaction {
    func save(_ update: OutputUpdate, total: Int) throws {
        guard let index = tables.index(of: update.job) else { return }
        let pipeline = tables.jobs[index].pipeline
        let place = tables.outputs.firstIndex { $0.job == update.job && $0.record.beganAt == update.beganAt }
        let before = place.map { tables.outputs[$0] }
        if let record = before?.record, record.endedAt != nil || record.printed > update.printed { return }
        var pieces =
            before?.pieces.filter { piece in
                !update.gap.contains(piece.position) && !update.pieces.contains { $0.position == piece.position }
            } ?? []
        pieces = (pieces + update.pieces).sorted { $0.position < $1.position }
        let record = OutputRecord(
            id: before?.record.id ?? (tables.outputs.last?.record.id ?? 0) + 1, attempt: update.attempt,
            consumerID: update.consumerID, beganAt: update.beganAt, endedAt: update.endedAt,
            attemptStartedAt: update.attemptStartedAt,
            holdsKept: update.holdsKept,
            printed: update.printed)
        let output = MemoryTables.Output(job: update.job, pipeline: pipeline, record: record, pieces: pieces)
        if let place { tables.outputs[place] = output } else { tables.outputs.append(output) }
        trimOutputs(of: pipeline, to: total, except: record.id)
    }

    private func trimOutputs(of pipeline: String, to total: Int, except id: OutputRecord.ID) {
        var excess = tables.outputs.lazy.filter { $0.pipeline == pipeline }.reduce(0) { $0 + $1.bytes } - total
        for index in tables.outputs.indices where tables.outputs[index].pipeline == pipeline {
            if excess <= 0 { return }
            if tables.outputs[index].record.id == id { continue }
            excess -= tables.outputs[index].bytes
            tables.outputs[index].pieces = []
        }
    }
}
