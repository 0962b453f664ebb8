extension String {
    /// The first 40 characters, with `…` if there are more, for a fault's text.
    package var abbreviated: String { count > 40 ? prefix(40) + "…" : self }
}
