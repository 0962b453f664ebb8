/// How texts stand in lists.
enum ListText {
    /// How many bytes of an item or an error are shown.
    static let limit = 200
}
