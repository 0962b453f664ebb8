/// Names consumers `c1`, `c2`, … within a pipeline.
public enum ConsumerID {
    public static func make(_ number: Int) -> String { "c\(number)" }

    /// Orders `c2` before `c10`.
    public static func areInOrder(_ left: String, _ right: String) -> Bool {
        (left.utf8.count, left) < (right.utf8.count, right)
    }
}
