import Kata
import NIOHTTP1

extension ControlService {
    /// A job as it is now, with all that is known of it.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)``; what the store threw.
    func show(_ id: Job.ID, status: HTTPResponseStatus = .ok) async throws -> HTTPResponse {
        let consumer = pipelines.busyConsumers[id]
        return try await awayFromEventLoop {
            guard let record = try await records.job(id) else { throw StoreError.unknownJob(id) }
            let pages = try await JobPages(
                record, consumerID: consumer?.id, busyTime: consumer?.busyTime, progress: consumer?.progress,
                in: records)
            return try await HTTPResponse(pages: pages, status: status)
        }
    }
}

extension [Pipeline] {
    /// The consumers that have a job in hand, by job.
    var busyConsumers: [Job.ID: ConsumerStatus] {
        let consumers = flatMap(\.busyConsumers)
        return Dictionary(consumers.compactMap { consumer in consumer.jobID.map { ($0, consumer) } }) { first, _ in
            first
        }
    }
}
