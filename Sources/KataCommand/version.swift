/// The version of Kata's commands.
public let version = "0.1.0"
