import NIOHTTP1

extension HTTPMethod {
    /// Whether requests with that method only ask.
    var isSafe: Bool { [.GET, .HEAD, .OPTIONS, .TRACE].contains(self) }
}
