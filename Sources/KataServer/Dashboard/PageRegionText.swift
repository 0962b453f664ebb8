import Kata

/// A part of a page as it is now, and the event that tells of it, which is the same for all who look at the page.
struct PageRegionText: Sendable {
    /// That of its element.
    let id: String
    /// The element.
    let html: String
    let event: [UInt8]

    init(id: String, html: String) {
        self.id = id
        self.html = html
        let data = JSONWriter.object { json in
            json.field("id", id)
            json.field("html", html)
        }
        event = ServerSentEvent.bytes("region", data: data)
    }
}
