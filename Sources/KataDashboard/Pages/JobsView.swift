import Foundation
public import Kata

/// Which jobs a list shows, as it stands in the list's address.
public struct JobsView: Hashable, Sendable {
    /// As it was typed, such as `pipeline:mail error:"timed out"`.
    public let query: String
    /// A state, or `running`; `nil` means every one.
    public let state: String?
    /// From which job on; `nil` means from the latest one.
    public let before: Job.ID?

    /// Describes a list.
    public init(query: String = "", state: String? = nil, before: Job.ID? = nil) {
        self.query = query
        self.state = state
        self.before = before
    }

    /// Whether only jobs of one state are meant.
    public var namesState: Bool { state != nil || QueryWords(query).fields.contains { $0.name == "state" } }

    /// Where the list is.
    public var path: String {
        let parameters = [
            state.map { "state=\($0)" }, query.isEmpty ? nil : "q=\(Self.encoded(query))",
            before.map { "before=\($0)" },
        ].compactMap { $0 }
        return "/ui/jobs" + (parameters.isEmpty ? "" : "?\(parameters.joined(separator: "&"))")
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/@")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
