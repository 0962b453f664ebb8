/// A file that pages refer to.
public struct DashboardAsset: Sendable {
    /// As in the address, such as `style.css`.
    public let name: String
    public let mediaType: String
    public let bytes: [UInt8]

    /// All of them.
    public static let all = [
        DashboardAsset(name: "style.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.style_css),
        DashboardAsset(name: "kata.js", mediaType: "text/javascript; charset=utf-8", bytes: PackageResources.kata_js),
        DashboardAsset(name: "favicon.svg", mediaType: "image/svg+xml", bytes: PackageResources.favicon_svg),
    ]
}
