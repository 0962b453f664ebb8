import Foundation

/// Finds the text that a command hands to a shell, as `[sh, -c, TEXT]` does: an item that was put into it could do anything.
enum ShellText {
    private static let shells: Set = [
        "sh", "ash", "bash", "dash", "fish", "ksh", "mksh", "rbash", "tcsh", "csh", "yash", "zsh",
    ]
    /// Programs that run what their arguments say.
    private static let wrappers: Set = [
        "busybox", "chroot", "chrt", "doas", "env", "flock", "ionice", "nice", "nohup", "setpriv", "setsid", "stdbuf",
        "sudo",
        "taskset", "time", "timeout", "toybox", "unshare", "xargs",
    ]

    /// The argument of a command that a shell takes for a text to run; `nil` if there is none.
    static func find(in command: [String]) -> String? {
        var start = command.startIndex
        guard let program = command.first else { return nil }
        if wrappers.contains(name(program)) {
            guard let shell = command.dropFirst().firstIndex(where: { shells.contains(name($0)) }) else { return nil }
            start = shell
        } else if !shells.contains(name(program)) {
            return nil
        }
        return text(among: command[(start + 1)...])
    }

    /// The first argument that is no option, if one of the options is `-c`.
    private static func text(among arguments: ArraySlice<String>) -> String? {
        var runsText = false
        var rest = arguments
        while let argument = rest.popFirst() {
            guard argument.utf8.count > 1, argument.hasPrefix("-") || argument.hasPrefix("+") else {
                return runsText ? argument : nil
            }
            if argument == "--" { return runsText ? rest.first : nil }
            if argument.hasPrefix("--") {
                // Others have no value, or it stands behind a '='.
                if ["--rcfile", "--init-file"].contains(argument) { rest = rest.dropFirst() }
                continue
            }
            if argument.hasPrefix("-"), argument.contains("c") { runsText = true }
            // -o pipefail
            if argument.hasSuffix("o") || argument.hasSuffix("O") { rest = rest.dropFirst() }
        }
        return nil
    }

    private static func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
