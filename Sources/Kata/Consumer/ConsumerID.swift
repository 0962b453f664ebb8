/// Names consumers `c1`, `c2`, … within a pipeline.
public enum ConsumerID {
    /// The name of the consumer with that number, from 1.
    public static func make(_ number: Int) -> String { "c\(number)" }

    /// Whether the left one comes first. Orders `c2` before `c10`.
    public static func areInOrder(_ left: String, _ right: String) -> Bool {
        (left.utf8.count, left) < (right.utf8.count, right)
    }
}
