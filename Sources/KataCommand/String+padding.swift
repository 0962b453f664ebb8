import Kata

extension String {
    /// The text with blanks behind it, up to that many columns of a terminal; a wider text stays as it is.
    public func paddedRight(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columns))
    }

    /// The text with blanks before it, up to that many columns of a terminal; a wider text stays as it is.
    public func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - columns)) + self
    }
}
