import Kata
import NIOHTTP1

/// Answers about one job.
struct JobAnswers: Sendable {
    private let service: any ControlService
    private let reader: JobDetailsReader
    /// How many bytes the texts of a job may have whose answer is made on the event loop.
    private static let smallText = 1 << 14
    /// How many attempts it may have.
    private static let fewAttempts = 20

    init(service: any ControlService) {
        self.service = service
        reader = JobDetailsReader(records: service.records)
    }

    /// A job as it is now, with all that is known of it.
    ///
    /// - Throws: ``StoreError/unknownJob(_:)``; what the store threw.
    func show(_ id: Job.ID, status: HTTPResponseStatus = .ok) async throws -> HTTPResponse {
        let consumer = service.pipelines.consumer(of: id)
        guard let details = try await reader.details(of: id) else { throw StoreError.unknownJob(id) }
        let isSmall = details.attempts.count <= Self.fewAttempts && details.textBytes <= Self.smallText
        if isSmall { return try await answer(details, consumer, status) }
        return try await awayFromEventLoop { try await answer(details, consumer, status) }
    }

    private func answer(
        _ details: JobDetails, _ consumer: ConsumerStatus?, _ status: HTTPResponseStatus
    ) async throws -> HTTPResponse {
        let pages = JobPages(
            details, consumerID: consumer?.id, busyTime: consumer?.busyTime, progress: consumer?.progress,
            in: service.records)
        return try await HTTPResponse(pages: pages, status: status)
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

    /// The consumer that has the job in hand; `nil` if none has.
    func consumer(of job: Job.ID) -> ConsumerStatus? {
        for pipeline in self {
            if let consumer = pipeline.busyConsumers.first(where: { $0.jobID == job }) { return consumer }
        }
        return nil
    }
}
