import Kata

/// What the path of an export leads to.
struct ExportPlace {
    /// The path from the root, without links.
    let resolved: String
    /// What keeps it from being an export, behind `export is '…',`; `nil` if nothing does.
    let fault: String?

    /// How much is read of what is there, in bytes.
    private static let checkedSize = 1 << 20

    /// - Parameter inputs: the files that the pipeline reads.
    init(path: String, inputs: [String]) {
        let path = resolvedPath(path)
        resolved = path
        fault =
            if !isDirectory(directory(of: path)) {
                "whose directory is not there, expected one in a directory"
            } else if !isFileOrNothing(path) {
                "which is no regular file, expected one, or none yet"
            } else if inputs.contains(where: { isSameFile($0, path) }) {
                "which is the file that the pipeline reads, expected another one"
            } else if !ExportFile.mayBeReplaced(path, limit: Self.checkedSize) {
                "which holds something else than results, expected none yet, an empty one or one with lines such as 'c1 | 0'"
            } else {
                nil
            }
    }
}
