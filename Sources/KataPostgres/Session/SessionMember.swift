/// Who makes a transaction, or asks.
struct SessionMember: Sendable {
    let session: Int64
    let node: String
    /// Whether the node was taken for gone, and has begun another session since.
    let wasFenced: Bool
}
