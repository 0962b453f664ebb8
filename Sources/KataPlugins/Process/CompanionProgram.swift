import Foundation

/// A program that comes with Kata and that the running one starts. It is looked for where both were installed or built, and
/// nowhere else: neither `PATH` nor the configuration says what it is.
struct CompanionProgram: Sendable {
    let name: String
    /// The paths that are looked at, in that order.
    let places: [String]

    /// - Parameter directory: where the running program is, from the root.
    init(_ name: String, beside directory: String = ownDirectory) {
        self.name = name
        let parent = URL(fileURLWithPath: directory).deletingLastPathComponent().path
        places = ["\(directory)/\(name)", "\(parent == "/" ? "" : parent)/lib/kata/\(name)"]
    }

    /// Where it is; `nil` if it is in none of the places.
    var path: String? { places.first(where: isExecutableFile) }
}
