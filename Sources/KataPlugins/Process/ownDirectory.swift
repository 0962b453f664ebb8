import Foundation

/// Where the running program is, whatever it was called by.
var ownDirectory: String {
    // What a package installs, for where there is no /proc to tell.
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/katad"
    return URL(fileURLWithPath: program).deletingLastPathComponent().path
}
