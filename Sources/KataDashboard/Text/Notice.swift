/// What an action did, behind the heading of the page that it led to.
public struct Notice: Sendable {
    let text: String
    let bad: Bool
    let role: String

    /// - Parameter isBad: whether it went wrong.
    public init(_ text: String, isBad: Bool = false) {
        self.text = text
        bad = isBad
        role = isBad ? "alert" : "status"
    }
}
