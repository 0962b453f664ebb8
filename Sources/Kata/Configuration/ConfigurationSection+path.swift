import Glibc

extension ConfigurationSection {
    /// Reads the path of a file or directory. `~/` at its beginning stands for `$HOME`; a `$` is a fault, because no
    /// variable is put in its place. The fallback is used as it is when the key is missing, or its value is faulty; without
    /// one, a missing key is a fault.
    ///
    /// - Returns: the empty text where there is a fault and no fallback.
    public mutating func path(_ key: String, default fallback: String? = nil) -> String {
        let text = string(key, default: fallback)
        // What is not said, or was faulty, is taken as it is.
        return text == fallback ? text : expand(text, key) ?? fallback ?? ""
    }

    /// Reads a path that may be missing, as ``path(_:default:)`` does.
    ///
    /// - Returns: `nil` if the key is missing; the empty text where there is a fault.
    public mutating func optionalPath(_ key: String) -> String? {
        has(key) ? path(key) : nil
    }

    /// The path that a text stands for, as ``path(_:default:)`` reads it; `nil` after a fault of the key.
    package func expand(_ text: String, _ key: String) -> String? {
        if text.utf8.contains(UInt8(ascii: "$")) {
            fault(
                key,
                "is '\(text.abbreviated)', and no variable is put in the place of a $; expected the path itself, or ~/")
            return nil
        }
        guard text.hasPrefix("~/") else { return text }
        guard let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") else {
            fault(
                key,
                "is '\(text.abbreviated)', and $HOME, which ~ stands for, is not set; expected a path from the root")
            return nil
        }
        return home + (home.hasSuffix("/") ? text.dropFirst(2) : text.dropFirst(1))
    }
}
