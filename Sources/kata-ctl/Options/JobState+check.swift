import ArgumentParser
import Kata

extension JobState {
    /// - Throws: `ValidationError` if there is no state of that name among these.
    static func check(_ name: String?, in names: [String]) throws {
        guard let name, !names.contains(name) else { return }
        let suggestion = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
        throw ValidationError(
            "there is no state '\(name)' here; \(suggestion ?? "expected one of \(names.joined(separator: ", "))")")
    }
}
