/// A path in the directory of `path` for a file that is to replace it. No other file has this path, not even that of
/// another writer of the same file, and nobody can foresee it.
package func makeTemporaryPath(beside path: String) -> String {
    directoryPath(of: path) + "/" + makeTemporaryName()
}

/// A name for a file that is to get another one. No other file has it, and nobody can foresee it.
package func makeTemporaryName() -> String {
    ".kata.\(UInt64.random(in: 0 ... .max)).tmp"
}

/// Whether a name is one that ``makeTemporaryName()`` makes, or that of the rollback journal which SQLite keeps beside such a
/// file while it writes a copy of a database to it.
func isTemporaryName(_ name: String) -> Bool {
    let name = name.hasSuffix("-journal") ? name.dropLast("-journal".count) : name[...]
    guard name.hasPrefix(".kata."), name.hasSuffix(".tmp") else { return false }
    let number = name.dropFirst(".kata.".count).dropLast(".tmp".count)
    return UInt64(number).map { "\($0)" == number } ?? false
}
