/// A value that goes along with another one, and makes no difference between two of them.
struct Incidental<Value: Sendable>: Hashable, Sendable {
    var value: Value

    static func == (left: Incidental, right: Incidental) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}
