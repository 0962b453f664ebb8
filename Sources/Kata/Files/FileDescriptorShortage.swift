/// The system lets this process have too few files and connections open.
public struct FileDescriptorShortage: Error, Hashable, CustomStringConvertible {
    /// How many it may have open.
    public let allowed: Int
    /// How many are needed at least.
    public let needed: Int

    /// A sentence for people, with what to do.
    public var description: String {
        "no more than \(allowed) files may be open here, at least \(needed) are needed; raise the limit with ulimit -n, or "
            + "LimitNOFILE= in the unit"
    }
}
