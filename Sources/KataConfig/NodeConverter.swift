import Kata
import Yams

/// Turns parsed YAML into configuration nodes, within limits on size and depth.
struct NodeConverter {
    private let path: String
    private let valueLimit: Int
    private let depthLimit: Int
    private var valueCount = 0
    private var depth = 0

    /// - Parameters:
    ///   - path: of the file, for faults.
    ///   - valueLimit: how many values there may be once aliases are followed.
    ///   - depthLimit: how deep lists and maps may be nested.
    init(path: String, valueLimit: Int, depthLimit: Int) {
        self.path = path
        self.valueLimit = valueLimit
        self.depthLimit = depthLimit
    }

    /// - Throws: ``ConfigurationFaults`` past a limit, or for a key that is no scalar.
    mutating func convert(_ node: Node) throws -> ConfigurationNode {
        let origin = origin(of: node)
        valueCount += 1
        depth += 1
        defer { depth -= 1 }
        if valueCount > valueLimit || depth > depthLimit {
            throw fault(node, "there are too many or too deeply nested values, expected a configuration")
        }
        switch node {
        case .scalar(let scalar):
            switch scalar.style {
            case .singleQuoted, .doubleQuoted, .literal, .folded:
                return ConfigurationNode(.text(scalar.string), origin: origin)
            case .any, .plain: return ConfigurationNode(.scalar(scalar.string), origin: origin)
            }
        case .sequence(let sequence):
            var list: [ConfigurationNode] = []
            for element in sequence { list.append(try convert(element)) }
            return ConfigurationNode(.list(list), origin: origin)
        case .mapping(let mapping):
            var entries: [ConfigurationNode.Entry] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string else {
                    throw fault(key, "a key is a list or a map, expected a word")
                }
                entries.append(.init(key: name, keyOrigin: self.origin(of: key), node: try convert(value)))
            }
            return ConfigurationNode(.map(entries), origin: origin)
        case .alias:
            throw fault(node, "an alias is not resolved, expected a value")
        }
    }

    private func origin(of node: Node) -> ConfigurationOrigin {
        .file(path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func fault(_ node: Node, _ message: String) -> ConfigurationFaults {
        ConfigurationFaults([ConfigurationFault(origin: origin(of: node), message: message)])
    }
}
