extension Recorder {
    /// Whether the recorder's thread comes to what it is asked. It does while it waits for a store that takes no writes, too;
    /// a recorder that was stopped, or has failed, has nothing to do any more.
    package var progress: ProgressCheck {
        .answering("recorder") { [mailbox] answer in
            do {
                try mailbox.sendAtOnce(.question(answer: answer))
            } catch {
                answer()
            }
        }
    }
}
