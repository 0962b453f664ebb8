import Kata

/// Answers what the host asks of a plugin of one kind.
protocol HostConversation: Sendable {
    /// Takes in a message; may be answered later, from another task.
    func receive(_ message: HostMessage)

    /// Gives back what the plugin holds, once nothing more comes.
    func stop() async
}
