import Benchmark
import Foundation
import Kata
import KataSQLite
import Logging

// The parts of the daemon, each alone. `make bench-parts` runs them; figures are for one iteration of the named size.

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .throughput], timeUnits: .milliseconds, warmupIterations: 1,
        maxDuration: .seconds(10), maxIterations: 7)

    for consumers in [1, 10] {
        Benchmark("queue of 50: 1,000,000 integers, 1 producer, \(consumers) consumers") { benchmark in
            benchmark.startMeasurement()
            let taken = try await pass(1_000_000, through: 50, to: consumers)
            benchmark.stopMeasurement()
            precondition(taken == 1_000_000)
        }
    }

    let jobs = 100_000

    Benchmark("jobs on the wire: \(jobs) lines read") { benchmark in
        let lines = (0..<jobs).map { Array(#"{"item":"item \#($0)","priority":5}"#.utf8) }
        let now = Timestamp.now()
        benchmark.startMeasurement()
        for line in lines {
            blackHole(try line.withUnsafeBufferPointer { try NewJob(json: $0, now: now) })
        }
        benchmark.stopMeasurement()
    }

    Benchmark("export: \(jobs) lines written to memory") { benchmark in
        let results = (0..<jobs).map { number in
            JobResult(
                id: Int64(number), runID: 1, consumerID: "c\(number % 12)", item: "item \(number)", jobID: Int64(number),
                pipeline: "kata", attempt: 1, startedAt: Timestamp(milliseconds: 0), finishedAt: Timestamp(milliseconds: 1))
        }
        benchmark.startMeasurement()
        var bytes: [UInt8] = []
        for result in results { ExportFormat.text.append(result, to: &bytes) }
        benchmark.stopMeasurement()
        blackHole(bytes)
    }

    Benchmark("SQLite: \(jobs) jobs submitted by 100 and completed, group commit, synchronous FULL") { benchmark in
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kata-parts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        // What can't be removed is in the system's directory for such files.
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try SQLiteJobStore(path: directory.appendingPathComponent("kata.db").path)
        let recorder = Recorder(store: store, logger: Logger(label: "parts") { _ in SwiftLogNoOpLogHandler() })
        benchmark.startMeasurement()
        try await submitAndComplete(jobs, recorder)
        benchmark.stopMeasurement()
        await recorder.stop()
        try store.close()
    }
}

/// - Returns: how many the consumers took.
private func pass(_ count: Int, through size: Int, to consumers: Int) async throws -> Int {
    let (input, output, _) = BoundedQueue<Int>.make(size: size)
    return try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<consumers {
            group.addTask {
                var taken = 0
                while try await output.next() != nil { taken += 1 }
                return taken
            }
        }
        for number in 0..<count { try await input.put(number) }
        input.finish()
        return try await group.reduce(0, +)
    }
}

private func submitAndComplete(_ count: Int, _ recorder: Recorder) async throws {
    let run = try await recorder.perform { try $0.startRun(pipeline: "p", items: nil, at: .now()) }
    for start in stride(from: 0, to: count, by: 100) {
        let new = (start..<(start + 100)).map { NewJob(item: "\($0)") }
        let submitted = try await recorder.perform {
            try $0.submit(new, to: run.id, uniqueFor: .zero, at: .now())
        }
        for (job, submission) in zip(new, submitted) {
            let time = Timestamp.now()
            try await recorder.record(
                Completion(
                    job: Job(id: submission.id, runID: run.id, item: job.item), consumerID: "c1", outcome: .done,
                    startedAt: time, finishedAt: time))
        }
    }
    try await recorder.flush()
}
