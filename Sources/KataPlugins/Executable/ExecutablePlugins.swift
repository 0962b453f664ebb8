import Foundation
public import Kata

/// Finds the plugins that are executables: by their names in the directory of plugins, or by their paths.
public struct ExecutablePlugins: PluginFinder {
    public init() {}

    public func makeHandler(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobHandler)? {
        find(name, &section, context: context).map { path in
            PluginHandler(name: name, path: path, configuration: &section, context: context)
        }
    }

    public func makeSource(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobSource)? {
        find(name, &section, context: context).map { path in
            PluginSource(name: name, path: path, configuration: &section, context: context)
        }
    }

    /// The executable of that name; `nil` if there is none, which is a fault if the name is a path.
    private func find(_ name: String, _ section: inout ConfigurationSection, context: PluginContext) -> String? {
        if name.contains("/") {
            if isExecutableFile(name) { return name }
            section.fault("plugin", "is '\(name)', which is no executable file")
            return nil
        }
        let path = "\(context.pluginsDirectory)/\(name)"
        return isExecutableFile(path) ? path : nil
    }

    /// The executables in a directory, in order.
    public static func names(in directory: String) -> [String] {
        // A directory that is not there has none; most machines have no plugins.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { isExecutableFile("\(directory)/\($0)") }.sorted()
    }
}
