import Kata

/// Answers what the host asks of a plugin of one kind.
protocol HostConversation: Sendable {
    /// Whether the items of a source end; `nil` for a handler.
    var isFinite: Bool? { get }

    /// Takes in a message; may be answered later, from another task.
    func receive(_ message: HostMessage)

    /// Gives back what the plugin holds, once nothing more comes.
    func stop() async
}
