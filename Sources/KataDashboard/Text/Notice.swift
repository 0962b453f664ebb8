import Kata
import KataCharts

/// What an action did, behind the heading of the page that it led to.
public struct Notice: Sendable {
    /// An action that is over.
    public enum Action: String, CaseIterable, Sendable {
        case retried, cancelled, paused, resumed, scaled, started, edited, copied, tried, begun
    }

    /// The parameter of an address that says what was done before.
    public static let parameter = "did"

    let text: String

    /// Reads what ``path(_:after:count:)`` has put into an address.
    ///
    /// - Returns: `nil` if it says nothing that is known.
    public init?(did parameter: String?) {
        let parts = (parameter ?? "").split(separator: "-", maxSplits: 1)
        guard let action = parts.first.flatMap({ Action(rawValue: String($0)) }) else { return nil }
        let count = parts.dropFirst().first.flatMap { Int($0) } ?? 1
        self.text = Self.text(action, max(0, count))
    }

    /// An address whose page says what was done.
    public static func path(_ path: String, after action: Action, count: Int = 1) -> String {
        "\(path)\(path.contains("?") ? "&" : "?")\(parameter)=\(action.rawValue)-\(count)"
    }

    private static func text(_ action: Action, _ count: Int) -> String {
        let jobs = count == 1 ? "1 job was" : "\(Words.count(count)) jobs were"
        switch action {
        case .retried: return "\(jobs) given one more attempt."
        case .cancelled: return "\(jobs) cancelled."
        case .paused: return "It was paused. What is in hand is finished."
        case .resumed: return "It was resumed."
        case .scaled: return "It now has \(counted(count, "worker"))."
        case .started: return "It was started."
        case .begun: return "It has begun, and goes on by itself. The log says how many jobs were changed in the end."
        case .edited: return count == 0 ? "It is as it was." : "It was changed."
        case .copied: return "This is the copy with the other item."
        case .tried: return "This is the first of \(counted(count, "job")). Once it is done, retry the others."
        }
    }
}
