// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "greet-daemon",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Write the address that you have cloned Kata from.
        .package(url: "https://example.org/kata.git", from: "0.2.0"),
        .package(path: "../greetings"),
    ],
    targets: [
        .executableTarget(
            name: "greet-daemon",
            dependencies: [
                .product(name: "Greetings", package: "greetings"), .product(name: "Kata", package: "kata"),
                .product(name: "KataDaemon", package: "kata"),
            ])
    ]
)
