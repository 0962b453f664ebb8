/// Makes plugins that are registered under no name, such as plugins that are files.
public protocol PluginFinder: Sendable {
    /// Makes the handler of that name, which reads its keys from the section. A name that can't be a handler, such as
    /// the path of a file that is none, may be noted as a fault there.
    ///
    /// - Returns: `nil` if there is no handler of that name.
    func makeHandler(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobHandler)?

    /// Makes the source of that name, which reads its keys from the section. A name that can't be a source may be noted
    /// as a fault there.
    ///
    /// - Returns: `nil` if there is no source of that name.
    func makeSource(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobSource)?
}
