/// Makes plugins that nobody registered, such as those that are files.
public protocol PluginFinder: Sendable {
    /// - Returns: `nil` if there is none of that name.
    func makeHandler(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobHandler)?

    /// - Returns: `nil` if there is none of that name.
    func makeSource(
        named name: String, _ section: inout ConfigurationSection, context: PluginContext
    ) -> (any JobSource)?
}
