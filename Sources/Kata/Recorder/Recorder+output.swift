extension Recorder {
    /// Has all that an attempt printed be saved, in the transaction of what is recorded next or in an earlier one. Waits only
    /// if so much is to be saved already that it would fill the memory.
    ///
    /// - Parameter start: when the attempt began, as it is recorded.
    /// - Throws: ``RecorderFailure`` if the store failed.
    func end(_ output: AttemptOutput, attemptStartedAt start: Timestamp) async throws {
        save(ended: output, attemptStartedAt: start)
        if outputs.unsaved.areBehind { try await flush() }
    }

    /// The same without waiting for anything.
    ///
    /// - Parameter start: `nil` if the attempt is not recorded.
    func save(ended output: AttemptOutput, attemptStartedAt start: Timestamp?) {
        output.end(at: runtime.wallClock.now(), attemptStartedAt: start)
        let update = output.lastUpdate
        let size = update.size
        outputs.unsaved.countEnded(size)
        let ended: @Sendable (Bool) -> Void = { [outputs] _ in
            outputs.unsaved.countEnded(-size)
            outputs.remove(output)
            output.isSaved.open()
        }
        let operation = RecorderOperation(
            { try $0.save(update, total: output.limits.total) }, ended: ended)
        do {
            try mailbox.sendAtOnce(.operation(operation))
        } catch {
            // The recorder has stopped: whoever records something next learns why.
            ended(false)
        }
    }

    /// Saves what has changed of outputs of attempts that are under way, those first that have waited longest.
    ///
    /// - Parameter budget: how many bytes may be saved. What has no room in it waits for the next time.
    /// - Throws: ``RecorderFailure`` if the store failed.
    func saveChangedOutputs(upTo budget: Int) async throws {
        var left = budget
        while left > 0 {
            var changed: [(output: AttemptOutput, update: OutputUpdate)] = []
            var size = 0
            // In one transaction no more than others can wait for.
            while size < min(left, StorePage.budget), let output = outputs.unsaved.takeChanged() {
                guard let update = output.takeUpdate() else { continue }
                changed.append((output, update))
                size += update.size
            }
            if changed.isEmpty { return }
            left -= size
            try await perform { [changed] transaction in
                for (output, update) in changed { try transaction.save(update, total: output.limits.total) }
            } committed: { [changed] in
                for (output, update) in changed { output.saved(update) }
            }
        }
    }
}
