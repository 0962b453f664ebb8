import Foundation
public import Kata

/// Finds the plugins that are executables: by their names in the directory of plugins, or by their paths.
public struct PluginDirectory: PluginFinder {
    /// The directory is that of the ``PluginContext`` that each call is given.
    public init() {}

    /// A handler of an executable's name or path, whose keys are read from the section.
    ///
    /// - Returns: `nil` if there is no such executable, which is noted in the section if the name is a path.
    public func makeHandler(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobHandler)? {
        find(name, &section, context: context).map { path in
            PluginHandler(name: name, path: path, configuration: &section, context: context)
        }
    }

    /// A source of an executable's name or path, whose keys are read from the section.
    ///
    /// - Returns: `nil` if there is no such executable, which is noted in the section if the name is a path.
    public func makeSource(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobSource)? {
        find(name, &section, context: context).map { path in
            PluginSource(name: name, path: path, configuration: &section, context: context)
        }
    }

    /// The path of the executable of that name; `nil` if there is none, which is a fault if the name is a path.
    private func find(_ name: String, _ section: inout ConfigurationSection, context: PluginContext) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) {
            guard let path = section.expand(name, "plugin") else { return nil }
            if isExecutableFile(path) { return path }
            section.fault("plugin", "is '\(name)', which is no executable file")
            return nil
        }
        let path = "\(context.pluginsDirectory)/\(name)"
        return isExecutableFile(path) ? path : nil
    }

    /// The names of the executables in a directory, in order; none if it can't be read.
    public static func names(in directory: String) -> [String] {
        // A directory that is not there has none; most machines have no plugins.
        let names =
            FileQuestion.ask(.optional) { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }
            ?? []
        return names.filter { isExecutableFile("\(directory)/\($0)") }.sorted()
    }
}
