/// Makes of a value what templates read fast: of a structure a dictionary, by the names of its properties.
///
/// The template engine would look at all properties of a structure for each name in a template.
enum TemplateValues {
    /// `nil` for an optional that is `nil`.
    static func values(of value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.flatMap { values(of: $0.value) }
        case .collection: return mirror.children.compactMap { values(of: $0.value) }
        case .struct where !mirror.children.isEmpty:
            var all: [String: Any] = [:]
            for child in mirror.children {
                if let name = child.label, let value = values(of: child.value) { all[name] = value }
            }
            return all
        default: return value
        }
    }
}
