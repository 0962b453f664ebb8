/// What a page shows. Templates find the values by the names of the properties.
public protocol DashboardPage: Sendable {
    /// What is around the content of every page.
    var frame: PageFrame { get }
    /// The name of the template for the whole page.
    var template: String { get }
    /// The parts that are kept up to date.
    var regions: [PageRegion] { get }
}

extension DashboardPage {
    /// A page that stays as it is.
    public var regions: [PageRegion] { [] }
}

/// A part of a page that is kept up to date.
public struct PageRegion: Hashable, Sendable {
    /// Of its element.
    public let id: String
    let template: String

    /// - Parameter template: if it has another name.
    init(_ id: String, template: String? = nil) {
        self.id = id
        self.template = template ?? id
    }
}
