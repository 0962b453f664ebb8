import Kata
import Logging
import Synchronization

/// The messages to a process of a plugin, and those that it writes.
extension PluginProcess {
    /// Has a request answered. If the task is cancelled, the plugin is told, and killed if it does not answer then
    /// within `kill_after`.
    ///
    /// - Parameter context: of the job that it is about, for the log.
    /// - Throws: ``Ended``; ``NotSent``; `CancellationError` if the task was cancelled before.
    func request(
        context: JobContext? = nil, _ line: @Sendable (_ id: UInt64) -> [UInt8]
    ) async throws -> PluginMessage.Answer {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let bytes = line(id)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let refusal: (any Error)? = state.withLock { state in
                    if let refusal = state.refusal { return NotSent(description: refusal) }
                    // Looked at under the lock: a cancellation that comes later finds the request open.
                    if Task.isCancelled { return CancellationError() }
                    state.open[id] = Open(continuation: continuation, context: context)
                    // Sent under the lock, too: a cancellation that finds the request open is sent after it.
                    process.send(bytes)
                    return nil
                }
                if let refusal { continuation.resume(throwing: refusal) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: UInt64) {
        guard state.withLock({ $0.open[id] != nil }) else { return }
        process.send(PluginRequest.cancel(id: id))
        // A task of its own: this runs where the request's task is cancelled, and must not wait.
        Task { [self] in
            await waitForEnd(settings.process.killAfter)
            if state.withLock({ $0.open[id] != nil }) {
                kill(
                    "it did not answer within \(settings.process.killAfter.formattedSeconds) s that a job was cancelled"
                )
            }
        }
    }

    /// Takes in a line of its output.
    func take(_ line: UnsafeBufferPointer<UInt8>) {
        do {
            switch try PluginMessage(line: line) {
            case .hello(let hello):
                state.withLock { $0.hello = $0.hello ?? hello }
                saidHello.open()
            case .answer(let id, let answer): take(answer, to: id)
            case .pong:
                state.withLock { $0.openPings = 0 }
                ponged.open()
            case .progress(let id, let progress): take(progress, context(of: id))
            case .checkpoint(let id, let text): keepCheckpoint(text, context(of: id))
            case .output(let id, let stream, let text): context(of: id)?.print(text, to: stream)
            case .log(let level, let message, let id): log(level, message, context(of: id))
            case .other: break
            }
        } catch {
            let reason = (error as? JSONScanner.Fault)?.message ?? "\(error)"
            kill("it wrote what is no message: \(reason), in '\(CutText(line, limit: 80).beginning.printable)'")
        }
    }

    private func take(_ answer: PluginMessage.Answer, to id: UInt64) {
        let (open, isDrained) = state.withLock { state in
            let open = state.open.removeValue(forKey: id)
            if open == nil { state.strayAnswers += 1 } else { state.answered += 1 }
            if state.answered == settings.replaceAfter { leaves.open() }
            return (open, state.isLeaving && state.open.isEmpty)
        }
        if isDrained { drained.open() }
        if let open { return open.continuation.resume(returning: answer) }
        flood.log { _ in
            logger.warning("an answer to a request that is not open was ignored", metadata: ["id": "\(id)"])
        }
    }

    private func keepCheckpoint(_ text: String, _ context: JobContext?) {
        guard let context, !context.keep(checkpoint: text) else { return }
        log(
            .warning, "a checkpoint was not kept: it has a NUL, or more than \(JobContext.checkpointLimit) bytes",
            context)
    }

    private func context(of id: UInt64?) -> JobContext? {
        id.flatMap { id in state.withLock { $0.open[id]?.context } }
    }

    /// Takes in a line that it wrote to its standard error.
    func takeErrorLine(_ line: String) {
        state.withLock { $0.lastErrorLine.add(line) }
        flood.log { _ in logger.notice("\(line)", metadata: ["stream": "stderr"]) }
    }

    private func take(_ progress: JobProgress, _ context: JobContext?) {
        context?.report(progress)
        let line = progress.text.shortened(to: LineSplitter.lineLimit)
        if !line.isEmpty { context?.print("\(line)\n", to: .err) }
    }

    private func log(_ level: Logger.Level, _ message: String, _ context: JobContext?) {
        let text = message.shortened(to: LineSplitter.lineLimit)
        context?.print("\(level): \(text)\n", to: .err)
        flood.log { _ in (context?.logger ?? logger).log(level: level, "\(text)") }
    }
}
