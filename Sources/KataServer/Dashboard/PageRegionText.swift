/// A part of a page as it is now: the id of its element, and the element.
struct PageRegionText: Hashable, Sendable {
    let id: String
    let html: String
}
