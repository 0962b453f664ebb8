import Foundation
import Kata
import KataTestSupport
import Testing

/// Clients that submit, try again, cancel, schedule and prune, and note down what was acknowledged. A daemon that is away is
/// waited for; what was not answered is submitted again under its key.
final class MixedLoad: Sendable {
    private let workplace: Workplace
    private let ledger: Ledger
    private let clients: [Task<Void, any Error>]
    private let stops = Notes<Bool>()

    /// - Parameter isMixed: whether anything else than submits is asked for.
    init(
        _ count: Int, in workplace: Workplace, ledger: Ledger, seed: UInt64, isMixed: Bool = true, itemSize: Int = 1
    ) {
        self.workplace = workplace
        self.ledger = ledger
        clients = (1...count).map { [stops] number in
            Task {
                var generator = SeededGenerator(seed: seed &+ UInt64(number))
                let padding = String(repeating: "x", count: itemSize)
                var submitted = 0
                var last: Int?
                while stops.all.isEmpty {
                    submitted += 1
                    let item = "\(number)-\(submitted) \(padding)"
                    guard let id = try await Self.submit(item, in: workplace, stops, &generator) else { return }
                    ledger.acknowledge(id, item: item)
                    guard isMixed else { continue }
                    let isCancelled = await Self.change(id, last, in: workplace, ledger, &generator)
                    last = isCancelled ? nil : id
                    // Not more than is done meanwhile.
                    try await Task.sleep(for: .milliseconds(Int.random(in: 1...40, using: &generator)))
                }
            }
        }
    }

    /// Lets each end after what it has begun.
    func stop() async throws {
        stops.add(true)
        for client in clients { try await client.value }
    }

    private static func submit(
        _ item: String, in workplace: Workplace, _ stops: Notes<Bool>, _ generator: inout SeededGenerator
    ) async throws -> Int? {
        let delay = Int.random(in: 0..<4, using: &generator) == 0 ? #", "delay": "50ms""# : ""
        let job = #"{"item": "\#(item)", "priority": \#(Int.random(in: 0...2, using: &generator))\#(delay)}"#
        while true {
            let answer = try? await workplace.post(job, key: String(item.prefix { $0 != " " }))
            switch answer?.status {
            case 201: return try #require(answer?.ids.first)
            // The daemon is away, or its store takes no writes.
            case nil, 503, 507: if !stops.all.isEmpty { return nil }
            default: throw Stuck(description: "\(answer?.status ?? 0): \(answer?.body ?? "")")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Whatever is answered here is right: the job may be done, and the daemon away.
    ///
    /// - Returns: whether the job was asked to be cancelled.
    private static func change(
        _ id: Int, _ last: Int?, in workplace: Workplace, _ ledger: Ledger, _ generator: inout SeededGenerator
    ) async -> Bool {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            let answer = try? await workplace.request("POST", "/v1/jobs/\(id)/cancel")
            if answer?.status == 200 && answer?.object["state"] as? String == "cancelled" {
                ledger.acknowledgeCancel(id)
            }
            return true
        case 1: if let last { _ = try? await workplace.request("POST", "/v1/jobs/\(last)/retry") }
        case 2: _ = try? await workplace.post(#"{"item": "again"}"#, to: "trash")
        case 3:
            let path = "/v1/pipelines/trash/prune?state=done&before=\(Timestamp.now().iso8601)"
            _ = try? await workplace.request("POST", path)
        default: break
        }
        return false
    }
}

extension Workplace {
    /// Writes the configuration of the pipelines that take such a load: one in eleven items fails for good, one at its first
    /// attempt.
    func writeLoad() throws {
        try write(
            """
            drain_timeout: 5s
            pipelines:
              mail:
                queue_size: 10
                worker_count: 4
                interruptions: 1000
                retry: { attempts: 3, backoff: 20ms, max: 50ms }
                producer: { plugin: inbox }
                consumer:
                  plugin: exec
                  shell: true
                  kill_after: 1s
                  command: 'n=${KATA_ITEM#*-}; case $((${n%% *} % 11)) in 0) exit 65;; 1) test $KATA_ATTEMPT -gt 1 || exit 75;; esac'
              trash:
                queue_size: 10
                worker_count: 1
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
    }

    /// The names of the unfinished files that a process left.
    func leftovers(in folder: String = ".") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasPrefix(".kata.") }
    }
}
