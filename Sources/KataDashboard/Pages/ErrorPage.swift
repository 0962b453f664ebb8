/// Says what went wrong, and what to do.
public struct ErrorPage: DashboardPage {
    public let frame: PageFrame
    public let template = "error"
    let status: Int
    let heading: String
    let text: String

    /// - Parameter status: of the answer.
    public init(frame: PageFrame, status: Int, heading: String, text: String) {
        self.frame = frame
        self.status = status
        self.heading = heading
        self.text = text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}
