import Foundation
import Kata

extension PluginDirectory {
    /// Where plugins are looked for if the configuration says nothing: `lib/kata/plugins` beside the `bin` that the
    /// running program was installed in. A program that is anywhere else, such as where it was built, has the place of
    /// packages.
    public static var defaultPath: String { defaultPath(besideProgramIn: ownDirectory) }

    /// - Parameter directory: where the program is, from the root.
    static func defaultPath(besideProgramIn directory: String) -> String {
        let place = URL(fileURLWithPath: directory)
        guard place.lastPathComponent == "bin" else { return PluginContext.defaultPluginsDirectory }
        let prefix = place.deletingLastPathComponent().path
        return "\(prefix == "/" ? "" : prefix)/lib/kata/plugins"
    }
}
