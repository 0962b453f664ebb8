import CBuild

/// The version of Kata, as both commands and the daemon's status tell it.
public let version = "0.2.0"

/// The version with the commit that it was built from, where that is known: what `--version` prints.
public let buildVersion: String = {
    let commit = String(cString: kata_build_commit)
    return commit.isEmpty ? version : "\(version) (\(commit))"
}()
