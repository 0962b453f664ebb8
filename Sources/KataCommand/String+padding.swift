extension String {
    /// With blanks behind it, up to that many characters.
    public func paddedRight(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// With blanks before it, up to that many characters.
    public func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
