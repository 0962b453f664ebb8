extension String {
    /// The first 40 Unicode scalars, with `…` if there are more, for a fault's text.
    package var abbreviated: String { shortened(to: 40) }
}
