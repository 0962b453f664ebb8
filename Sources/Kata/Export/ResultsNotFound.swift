/// There are no results of what was asked for. A later version may know other kinds than this one does.
public struct ResultsNotFound: Error, Hashable, CustomStringConvertible {
    /// A sentence for people.
    public let description: String

    private init(_ description: String) {
        self.description = description
    }

    /// No run of that pipeline is recorded.
    public static func pipeline(_ name: String) -> ResultsNotFound {
        ResultsNotFound("there is no run of a pipeline '\(name)'")
    }

    /// That run is not recorded, or not of the pipeline that was asked for.
    public static func run(_ id: Run.ID) -> ResultsNotFound {
        ResultsNotFound("there is no run \(id)")
    }
}
