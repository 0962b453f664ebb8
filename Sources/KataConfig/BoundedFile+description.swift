import Kata

extension BoundedFile.Problem {
    /// What is wrong with a file that is to be a configuration, and what was expected.
    var fault: String {
        switch self {
        case .cannotRead(let reason): "the file can't be read (\(reason)), expected a readable YAML file"
        case .directory: "this is a directory, expected a YAML file"
        case .special: "this is no regular file, expected a YAML file"
        case .tooLarge(let limit): "the file is larger than \(limit / 1024) KiB, expected a configuration"
        }
    }
}
