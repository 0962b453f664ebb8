import ArgumentParser
import Kata

/// What a shell offers for an argument when somebody presses Tab.
struct Suggestion {
    let value: String
    /// What it stands for, where the shell shows that.
    let meaning: String

    /// Whether a character stands for itself in a shell, wherever it is.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./@%+,".utf8.contains(byte)
        }
    }

    /// The line that a shell's completions are made of; `nil` if it can't be offered there.
    func line(in shell: CompletionShell?) -> String? {
        let meaning = meaning.printable.shortened(to: 40)
        return switch shell {
        case .fish: "\(value)\t\(meaning)"
        case .zsh: "\(value.replacing(":", with: "\\:")):\(meaning)"
        // bash expands each of its words once more, which would run what stands in a name.
        default: value.utf8.allSatisfy(Self.isPlain) ? value : nil
        }
    }
}
