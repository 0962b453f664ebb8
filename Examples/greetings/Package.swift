// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "greetings",
    platforms: [.macOS(.v15)],
    products: [.library(name: "Greetings", targets: ["Greetings"])],
    dependencies: [
        // Write the address that you have cloned Kata from.
        .package(url: "https://example.org/kata.git", from: "0.2.0")
    ],
    targets: [
        .target(
            name: "Greetings", dependencies: [.product(name: "Kata", package: "kata")],
            swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),
        .executableTarget(
            name: "greet-plugin",
            dependencies: ["Greetings", .product(name: "KataPluginProgram", package: "kata")]),
        .testTarget(
            name: "GreetingsTests",
            dependencies: [
                "Greetings", .product(name: "Kata", package: "kata"), .product(name: "KataTesting", package: "kata"),
            ]),
    ]
)
