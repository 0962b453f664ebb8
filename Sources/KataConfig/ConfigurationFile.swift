import Foundation
public import Kata
import Yams

/// Reads a YAML file into a ``ConfigurationNode``.
public enum ConfigurationFile {
    /// In bytes. A configuration is written by hand; a larger file is something else.
    static let sizeLimit = 1 << 20
    /// How many values a file may have once its aliases are followed.
    static let valueLimit = 100_000
    /// How deep lists and maps may be nested.
    static let depthLimit = 100

    /// Reads a regular file of at most 1 MiB of UTF-8.
    ///
    /// - Throws: ``ConfigurationFaults`` with one fault.
    public static func read(_ path: String) throws -> ConfigurationNode {
        try parse(readText(path), path: path)
    }

    /// Reads a text as if it stood in a file of that name.
    ///
    /// - Parameter path: what the origins of the nodes name.
    /// - Throws: ``ConfigurationFaults`` with one fault.
    public static func parse(_ text: String, path: String) throws -> ConfigurationNode {
        var converter = NodeConverter(path: path, valueLimit: valueLimit, depthLimit: depthLimit)
        do {
            try NestingCheck.run(text, limit: 10 * depthLimit, path: path)
            guard let node = try Yams.compose(yaml: text) else {
                throw ConfigurationFaults(in: path, "the file is empty, expected 'pipelines:'")
            }
            return try converter.convert(node)
        } catch let error as YamlError {
            throw fault(error, path, text)
        }
    }

    private static func readText(_ path: String) throws -> String {
        let data: [UInt8]
        do {
            data = try BoundedFile.read(path, limit: sizeLimit)
        } catch let error as BoundedFile.Problem {
            throw ConfigurationFaults(in: path, error.fault)
        }
        if let index = data.firstIndex(of: 0) {
            throw ConfigurationFaults(in: path, "the file is binary (a NUL at byte \(index)), expected YAML text")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationFaults(in: path, "the file is not valid UTF-8, expected YAML text")
        }
        return text
    }

    private static func fault(_ error: YamlError, _ path: String, _ text: String) -> ConfigurationFaults {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if let place = TabIndentation.find(in: text, near: mark.line) {
                return ConfigurationFaults(
                    in: path, line: place.line, column: place.column, "a tab indents the line, expected blanks")
            }
            let context = context.map { " (\($0.text))" } ?? ""
            return ConfigurationFaults(
                in: path, line: mark.line, column: mark.column, "\(problem)\(context), expected valid YAML")
        case .duplicatedKeysInMapping(let keys, let context):
            let keys = keys.map { "\($0)".abbreviated }.sorted()
            return ConfigurationFaults(
                in: path, line: context.mark.line, column: context.mark.column,
                "the key '\(keys.joined(separator: "', '"))' is there twice, expected it once"
            )
        case .reader(let problem, let offset, _, _):
            return ConfigurationFaults(
                in: path, "\(problem)\(offset.map { " at byte \($0)" } ?? ""), expected YAML text")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return ConfigurationFaults(in: path, "\(error), expected valid YAML")
        }
    }
}
