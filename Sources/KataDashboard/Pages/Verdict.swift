import Kata
import KataAPI
import KataCharts

/// Whether all is well, and if not, why.
struct Verdict: Sendable {
    let heading: String
    /// `ok`, `warn`, `bad`, or nothing.
    let tone: String
    let lines: [String]

    init(status: StatusDocument, pipelines: [PipelineSnapshot]) {
        let faults = Self.faults(status)
        let troubled = pipelines.filter { !$0.status.problems.isEmpty || $0.status.trouble != nil }
        let needing = troubled.map { pipeline in
            let reason = pipeline.status.problems.first ?? pipeline.status.trouble?.reason ?? ""
            return "\(pipeline.status.name) is \(pipeline.status.state.rawValue): \(reason)"
        }
        let unfinished = pipelines.reduce(0) { $0 + $1.unfinished }
        let draining = status.state == .draining ? "Draining, \(counted(unfinished, "job")) to go" : nil
        let look =
            troubled.isEmpty
            ? nil : "\(counted(troubled.count, "pipeline")) \(troubled.count == 1 ? "needs" : "need") a look"
        lines = Array(faults.dropFirst()) + needing + [Self.summary(pipelines, unfinished)]
        switch (faults.first, draining, look) {
        case (let fault?, _, _): (heading, tone) = (fault, "bad")
        case (nil, let draining?, _): (heading, tone) = (draining, "warn")
        case (nil, nil, let look?): (heading, tone) = (look, "warn")
        case (nil, nil, nil) where unfinished == 0 && pipelines.allSatisfy { $0.doneLately + $0.failedLately == 0 }:
            (heading, tone) = ("Nothing to do", "ok")
        default: (heading, tone) = ("All is well", "ok")
        }
    }

    /// What is wrong with the daemon as a whole, the worst first.
    private static func faults(_ status: StatusDocument) -> [String] {
        var faults: [String] = []
        if let store = status.store, store.state != "ok" {
            let since = store.since.map { " since \($0)" } ?? ""
            faults.append("Store \(store.state)\(since), \(counted(store.resultsWaiting, "result")) waiting")
            if let reason = store.reason { faults.append(reason) }
        }
        if status.store?.check?.state == "damaged" { faults.append("The database is damaged; run kata-ctl check") }
        for stall in status.progress?.stalled ?? [] {
            faults.append("\(stall.part) does not get on since \(stall.since)")
        }
        return faults
    }

    private static func summary(_ pipelines: [PipelineSnapshot], _ unfinished: Int) -> String {
        let running = pipelines.reduce(0) { $0 + $1.status.counts.running }
        let failed = pipelines.reduce(0) { $0 + $1.failedLately }
        let paused = pipelines.filter { $0.status.state == .paused }.map(\.status.name)
        let pause = paused.isEmpty ? "" : " Paused: \(paused.joined(separator: ", "))."
        return "\(counted(running, "job")) running, \(Words.count(max(0, unfinished - running))) to do, "
            + "\(failed == 0 ? "none" : Words.count(failed)) failed in the last hour.\(pause)"
    }
}
