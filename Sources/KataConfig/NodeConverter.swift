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
            return ConfigurationNode(.map(try entries(of: mapping)), origin: origin)
        case .alias:
            throw fault(node, "an alias is not resolved, expected a value")
        }
    }

    private mutating func entries(of mapping: Node.Mapping) throws -> [ConfigurationNode.Entry] {
        var entries: [ConfigurationNode.Entry] = []
        var merged: [ConfigurationNode.Entry] = []
        for (key, value) in mapping {
            guard let scalar = key.scalar else { throw fault(key, "a key is a list or a map, expected a word") }
            let node = try convert(value)
            if scalar.isMergeKey {
                merged += try mergedEntries(node, value)
            } else {
                entries.append(.init(key: scalar.string, keyOrigin: origin(of: key), node: node))
            }
        }
        // The map's own keys go before those that are merged into it, and of these the first ones go before the others.
        var names = Set(entries.map(\.key))
        return entries + merged.filter { names.insert($0.key).inserted }
    }

    /// The entries of a map, or of a list of maps, that is the value of the key `<<`.
    private func mergedEntries(_ node: ConfigurationNode, _ yaml: Node) throws -> [ConfigurationNode.Entry] {
        switch node.value {
        case .map(let entries): return entries
        case .list(let nodes):
            return try nodes.flatMap { node in
                if case .map(let entries) = node.value { return entries }
                throw fault(yaml, "<< has \(node.kind) in it, expected maps such as [*defaults, *more]")
            }
        case .scalar, .text: throw fault(yaml, "<< is \(node.kind), expected a map such as *defaults")
        }
    }

    private func origin(of node: Node) -> ConfigurationOrigin {
        .file(path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func fault(_ node: Node, _ message: String) -> ConfigurationFaults {
        ConfigurationFaults([ConfigurationFault(origin: origin(of: node), message: message)])
    }
}

extension Node.Scalar {
    /// Whether it stands for the key of what is merged into a map: `<<` without quotes.
    fileprivate var isMergeKey: Bool { string == "<<" && (style == .plain || style == .any) }
}
