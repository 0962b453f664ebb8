/// Names consumers `c1`, `c2`, … within a pipeline; where several daemons share a store, with their node before it, as in `anna:c1`.
public enum ConsumerID {
    /// The name of the consumer with that number.
    ///
    /// - Parameters:
    ///   - number: counts from 1.
    ///   - node: the node's name; `nil` where a daemon has its store for itself.
    public static func make(_ number: Int, node: String? = nil) -> String {
        (node.map { "\($0):" } ?? "") + "c\(number)"
    }

    /// Whether the left one comes first. Orders `c2` before `c10`, node by node.
    public static func areInOrder(_ left: String, _ right: String) -> Bool {
        let (first, second) = (split(left), split(right))
        return (first.node, first.name.utf8.count, first.name) < (second.node, second.name.utf8.count, second.name)
    }

    private static func split(_ id: String) -> (node: String, name: String) {
        guard let colon = id.lastIndex(of: ":") else { return ("", id) }
        return (String(id[..<colon]), String(id[id.index(after: colon)...]))
    }
}
