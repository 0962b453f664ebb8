/// Writes what the attempts at jobs have printed.
public protocol OutputWriting {
    /// Saves what has changed of an output. Of a job that is forgotten nothing is saved, and nothing changes if more of the
    /// output is saved already.
    ///
    /// Of all outputs of the pipeline together, `total` bytes are kept. If there are more, the pieces of the outputs that began
    /// first go, but never those of this output.
    func save(_ update: OutputUpdate, total: Int) throws
}
