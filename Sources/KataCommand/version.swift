/// The version of Kata, as both commands and the daemon's status tell it.
public let version = "0.1.0"
