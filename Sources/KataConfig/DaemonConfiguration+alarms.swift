import Kata

extension DaemonConfiguration {
    /// A pipeline that is named by another one, to be told of its jobs.
    private struct Mention {
        let key: String
        let target: String
        let origin: ConfigurationOrigin
    }

    /// Pipelines that tell others of their jobs name such as there are, and that may be told, and lead to no circle.
    ///
    /// - Parameter names: of all pipelines, also of those that could not be made.
    func checkAlarms(names: [String], report: ConfigurationSection.Report) {
        let targets = Dictionary(
            pipelines.map { ($0.configuration.name, Self.mentions(in: $0).map(\.target)) }, uniquingKeysWith: { $1 })
        for pipeline in pipelines {
            let name = pipeline.configuration.name
            // What is empty was faulty.
            for mention in Self.mentions(in: pipeline) where !mention.target.isEmpty {
                let title = "\(mention.key) is '\(mention.target.abbreviated)'"
                if !names.contains(mention.target) {
                    let near = nearest(to: mention.target, in: names.filter { $0 != name })
                    report.add(
                        "\(title), which is no pipeline, \(near.map { "did you mean '\($0)'?" } ?? "expected the name of one")",
                        at: mention.origin)
                } else if mention.target == name {
                    report.add("\(title), which is the pipeline itself, expected another one", at: mention.origin)
                } else if let path = Self.path(from: mention.target, to: name, targets) {
                    report.add(
                        "\(title), which leads back here (\(([name] + path).joined(separator: ", "))), "
                            + "expected a pipeline that tells nobody in turn", at: mention.origin)
                } else if let target = pipelines.first(where: { $0.configuration.name == mention.target }),
                    let refusal = target.configuration.refusalAsTarget
                {
                    report.add("\(title), which \(refusal)", at: mention.origin)
                }
            }
        }
    }

    private static func mentions(in pipeline: Pipeline) -> [Mention] {
        guard let alarms = pipeline.configuration.alarms else { return [] }
        let targets = [("on_failure", alarms.failures?.pipeline), ("on_recovery", alarms.recoveries)]
        return targets.compactMap { key, target in
            guard let target, let node = pipeline.node[key] else { return nil }
            return Mention(key: key, target: target, origin: (node["pipeline"] ?? node).origin)
        }
    }

    /// The names from one pipeline to another one, both included; `nil` if it does not lead there.
    private static func path(from start: String, to end: String, _ targets: [String: [String]]) -> [String]? {
        var paths = [[start]]
        var seen: Set<String> = [start]
        while !paths.isEmpty {
            let path = paths.removeFirst()
            guard let last = path.last else { continue }
            if last == end { return path }
            for next in targets[last] ?? [] where seen.insert(next).inserted { paths.append(path + [next]) }
        }
        return nil
    }
}

extension ConfigurationNode {
    /// The keys of a map; none if it is something else.
    var mapKeys: [String] {
        guard case .map(let entries) = value else { return [] }
        return entries.map(\.key)
    }
}
