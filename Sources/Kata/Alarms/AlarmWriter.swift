/// Adds jobs that tell of others, within one transaction.
struct AlarmWriter {
    /// A job that is to be added, with what is kept of it besides.
    private struct Alarm {
        let job: NewJob
        let kind: AlarmKind
        let pipeline: String
        let failures: GatheredFailures?
    }

    /// What the failures of a pipeline that gathers them have come to.
    private enum Gathering {
        /// An alarm that waits tells of them, too.
        case extended(GatheredAlarm)
        /// A new alarm is to tell of them, at that time.
        case new(GatheredFailures, dueAt: Timestamp)
    }

    private let transaction: any StoreTransaction
    private let now: Timestamp
    /// What is to be added, by the name of the pipeline that does it.
    private var alarms: [String: [Alarm]] = [:]
    /// By the name of the pipeline whose jobs have failed.
    private var gatherings: [String: (target: String, gathering: Gathering)] = [:]
    /// Whether anything has failed in a pipeline since its last success, as far as that was asked.
    private var areFailing: [String: Bool] = [:]
    /// The latest successes that were expected, by pipeline and scope.
    private var successes: [String: [String: Timestamp]] = [:]

    init(transaction: any StoreTransaction, now: Timestamp) {
        self.transaction = transaction
        self.now = now
    }

    mutating func failed(_ job: Job, reason: String, at time: Timestamp, _ rules: AlarmRules) throws {
        guard let origin = try transaction.origin(of: job.id), !origin.isAlarm else { return }
        if rules.recoveries != nil {
            try transaction.noteFailure(of: job.id, scope: scope(of: job, origin), pipeline: rules.pipeline, at: time)
            areFailing[rules.pipeline] = true
        }
        guard let target = rules.failures else { return }
        let failure = AlarmDocument.Failure(job: job, reason: reason, failedAt: time, origin: origin)
        if let every = target.every {
            try gather(failure, rules.pipeline, every: every, target: target.pipeline)
        } else {
            let text = AlarmDocument.text(of: failure, in: rules.pipeline)
            add(text, .failure, of: rules.pipeline, to: target.pipeline)
        }
    }

    mutating func overdue(_ overdue: Overdue, _ rules: AlarmRules, within: Duration) {
        guard let target = rules.failures?.pipeline else { return }
        let text = AlarmDocument.text(of: overdue, within: within, at: now, in: rules.pipeline)
        add(text, .overdue, of: rules.pipeline, to: target)
    }

    mutating func done(_ job: Job, at time: Timestamp, _ rules: AlarmRules) throws {
        if rules.successWithin != nil {
            let entry = rules.entries.isEmpty ? nil : try transaction.origin(of: job.id)?.entry
            let scope = entry.map(AlarmRules.scope(ofEntry:)) ?? ""
            successes[rules.pipeline, default: [:]][scope] = time
        }
        guard let target = rules.recoveries, try isFailing(rules.pipeline),
            let origin = try transaction.origin(of: job.id), !origin.isAlarm,
            let failure = try transaction.takeOpenFailure(scope: scope(of: job, origin), pipeline: rules.pipeline)
        else { return }
        areFailing[rules.pipeline] = nil
        let text = AlarmDocument.text(ofRecovery: job, doneAt: time, origin, after: failure, in: rules.pipeline)
        add(text, .recovery, of: rules.pipeline, to: target)
    }

    /// Adds all jobs.
    mutating func finish() throws -> [AddedJobs] {
        for (pipeline, scopes) in successes {
            for (scope, time) in scopes { try transaction.noteSuccess(scope: scope, pipeline: pipeline, at: time) }
        }
        for (pipeline, (target, gathering)) in gatherings {
            switch gathering {
            case .extended(let alarm):
                try transaction.extendAlarm(
                    of: pipeline, alarm.failures, item: AlarmDocument.text(of: alarm.failures))
            case .new(let failures, let dueAt):
                let job = NewJob(item: AlarmDocument.text(of: failures), runAt: dueAt > now ? dueAt : nil)
                alarms[target, default: []].append(
                    Alarm(job: job, kind: .failure, pipeline: pipeline, failures: failures))
            }
        }
        // In an order that does not depend on how a dictionary is hashed.
        return try alarms.sorted { $0.key < $1.key }.map { try submit($0.value, to: $0.key) }
    }

    private func submit(_ alarms: [Alarm], to target: String) throws -> AddedJobs {
        let run =
            try transaction.unfinishedRun(pipeline: target)
            ?? transaction.startRun(pipeline: target, items: nil, at: now).id
        let jobs = alarms.map(\.job)
        let submitted = try transaction.submit(jobs, to: run, uniqueFor: .zero, at: now)
        for (alarm, job) in zip(alarms, submitted) {
            try transaction.saveAlarm(job.id, of: alarm.pipeline, alarm.kind)
            if let failures = alarm.failures {
                try transaction.saveGathered(
                    GatheredAlarm(
                        job: job.id, target: target, dueAt: alarm.job.runAt ?? now, isWaiting: alarm.job.runAt != nil,
                        failures: failures), of: alarm.pipeline)
            }
        }
        return AddedJobs(pipeline: target, run: run, jobs: jobs, submitted: submitted)
    }

    private mutating func add(_ text: String, _ kind: AlarmKind, of pipeline: String, to target: String) {
        alarms[target, default: []].append(
            Alarm(job: NewJob(item: text), kind: kind, pipeline: pipeline, failures: nil))
    }

    /// Adds a failure to the alarm that waits, or begins one: at once after a quiet time, or else so long after the one before.
    private mutating func gather(
        _ failure: AlarmDocument.Failure, _ pipeline: String, every: Duration, target: String
    ) throws {
        switch gatherings[pipeline]?.gathering {
        case .extended(var alarm):
            AlarmDocument.gather(failure, into: &alarm.failures)
            gatherings[pipeline] = (target, .extended(alarm))
        case .new(var failures, let dueAt):
            AlarmDocument.gather(failure, into: &failures)
            gatherings[pipeline] = (target, .new(failures, dueAt: dueAt))
        case nil:
            let last = try transaction.gatheredAlarm(of: pipeline)
            if var alarm = last, alarm.isWaiting, alarm.target == target {
                AlarmDocument.gather(failure, into: &alarm.failures)
                gatherings[pipeline] = (target, .extended(alarm))
                return
            }
            // A clock that was ahead when the last one was due holds up the next one for no longer than it may.
            let turn = last.map { min($0.dueAt.advanced(by: every), now.advanced(by: every)) } ?? now
            gatherings[pipeline] = (
                target, .new(AlarmDocument.gather(failure, in: pipeline), dueAt: max(turn, now))
            )
        }
    }

    private mutating func isFailing(_ pipeline: String) throws -> Bool {
        if let known = areFailing[pipeline] { return known }
        let isFailing = try transaction.hasOpenFailures(pipeline: pipeline)
        areFailing[pipeline] = isFailing
        return isFailing
    }

    /// What a success has to be of to follow a failure: the same entry of a schedule, or else the same key, or else only the
    /// same pipeline.
    private func scope(of job: Job, _ origin: JobOrigin) -> String {
        if let entry = origin.entry { return AlarmRules.scope(ofEntry: entry) }
        return job.key.map { "key \($0)" } ?? ""
    }
}
