// swift-tools-version:6.2

import PackageDescription

var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
// Checks for those who work on Kata, switched on by the tests. Who only builds it is not stopped by the warnings of a newer
// compiler; and with the standard library linked statically, as in a release, the second check misfires: a C struct then
// belongs to whichever module read its header first.
if Context.environment["KATA_STRICT"] != nil {
    settings += [.treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility")]
}

// What only those who work on Kata need is fetched for them alone.
var tools: [Package.Dependency] = []
var benchmarks: [Target] = []
// For `make docs`
if Context.environment["KATA_DOCS"] != nil {
    tools.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.4.0"))
}
// For `make bench-parts`. Without its traits it measures no allocations, and needs no library for that.
if Context.environment["KATA_BENCHMARKS"] != nil {
    tools.append(.package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.0", traits: []))
    benchmarks.append(
        .executableTarget(
            name: "Parts",
            dependencies: [
                "Kata", "KataSQLite", .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Benchmarks/Parts",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ))
}

// For `make fuzzer`: what libFuzzer drives. All of it is compiled with what counts the branches that are taken.
var fuzzers: [Target] = []
if Context.environment["KATA_FUZZER"] != nil {
    fuzzers.append(
        .executableTarget(
            name: "kata-fuzz",
            dependencies: ["Kata", "KataConfig", "KataPlugins", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Fuzzer",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        ))
}

let package = Package(
    name: "kata",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Kata", targets: ["Kata"]),
        .library(name: "KataDaemon", targets: ["KataDaemon"]),
        .library(name: "KataPluginProgram", targets: ["KataPluginProgram"]),
        .library(name: "KataTesting", targets: ["KataTesting"]),
        .executable(name: "katad", targets: ["katad"]),
        .executable(name: "kata-ctl", targets: ["kata-ctl"]),
        .executable(name: "kata-http", targets: ["kata-http"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", "3.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.90.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.8.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.29.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ] + tools,
    targets: [
        .target(name: "CBuild"),
        .target(name: "CLinux"),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "Kata",
            dependencies: [
                "CLinux",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "KataSQLite",
            dependencies: [
                "CLinux", "CSQLite", "Kata",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .target(name: "KataPostgres", dependencies: ["Kata"], swiftSettings: settings),
        .target(
            name: "KataPlugins",
            dependencies: ["CLinux", "Kata", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .target(
            name: "KataConfig",
            dependencies: [
                "Kata", "KataAPI",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .target(name: "KataAPI", dependencies: ["Kata"], swiftSettings: settings),
        .target(
            name: "KataMetrics", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings
        ),
        // Pictures, for the dashboard and for files
        .target(name: "KataCharts", dependencies: ["Kata"], swiftSettings: settings),
        .target(
            name: "KataDashboard",
            dependencies: ["Kata", "KataAPI", "KataCharts", .product(name: "Mustache", package: "swift-mustache")],
            resources: [.embedInCode("Assets"), .embedInCode("Templates")],
            swiftSettings: settings
        ),
        .target(
            name: "KataServer",
            dependencies: [
                "Kata", "KataAPI", "KataDashboard", "KataMetrics",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "KataClient",
            dependencies: [
                "Kata", "KataAPI",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "KataCommand",
            dependencies: ["CBuild", "Kata", "KataConfig", "KataPostgres", "KataSQLite"],
            swiftSettings: settings
        ),
        .target(
            name: "KataDaemon",
            dependencies: [
                "CLinux", "Kata", "KataCommand", "KataConfig", "KataAPI", "KataMetrics", "KataServer", "KataPlugins",
                "KataPostgres", "KataSQLite",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "katad", dependencies: ["KataDaemon"], swiftSettings: settings),
        .executableTarget(
            name: "kata-ctl",
            dependencies: [
                "Kata", "KataCharts", "KataCommand", "KataConfig", "KataAPI", "KataClient", "KataPlugins",
                "KataPostgres",
                "KataSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "KataPluginProgram",
            dependencies: ["Kata", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        // For tests of handlers and sources, here and elsewhere
        .target(
            name: "KataTesting",
            dependencies: ["Kata", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        // The handler `http`, in a process of its own: what a server answers can't end the daemon
        .target(
            name: "KataHTTP",
            dependencies: [
                "Kata",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "kata-http", dependencies: ["Kata", "KataHTTP", "KataPluginProgram"], swiftSettings: settings
        ),
        // Examples, which tests run
        .executableTarget(
            name: "title-case",
            dependencies: ["Kata", "KataPluginProgram"],
            path: "config/plugins/title-case",
            swiftSettings: settings
        ),
        .target(
            name: "Greetings", dependencies: ["Kata"], path: "Examples/greetings/Sources/Greetings",
            swiftSettings: settings),
        .executableTarget(
            name: "greet-daemon",
            dependencies: ["Greetings", "Kata", "KataDaemon"],
            path: "Tests/ExampleDaemon",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "mischief",
            dependencies: ["Kata", "KataPluginProgram", .product(name: "Logging", package: "swift-log")],
            path: "Tests/ExamplePlugin",
            swiftSettings: settings
        ),
        .target(
            name: "KataTestSupport",
            dependencies: ["Kata", "KataTesting", .product(name: "Logging", package: "swift-log")],
            path: "Tests/KataTestSupport",
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataTestingTests", dependencies: ["Kata", "KataTestSupport", "KataTesting"], swiftSettings: settings),
        .testTarget(
            name: "KataTests",
            dependencies: [
                "Kata", "KataTestSupport", "KataTesting",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataPluginsTests",
            dependencies: [
                "CLinux", "Kata", "KataPlugins", "KataTestSupport", "KataTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Kata", "KataConfig", "KataDaemon", "KataPlugins", "KataSQLite", "KataServer", "KataTestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // Takes over the steps of Swift's tasks on one thread
        .target(name: "CSimulation", path: "Tests/CSimulation"),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "CSimulation", "Kata", "KataConfig", "KataDaemon", "KataPlugins", "KataTestSupport", "KataTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Mutants"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataHTTPTests",
            dependencies: [
                "Kata", "KataHTTP", "KataTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataConfigTests",
            dependencies: [
                "Kata", "KataConfig", "KataTestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataDaemonTests",
            dependencies: [
                "Kata", "KataConfig", "KataDaemon", "KataSQLite", "KataTestSupport", "KataTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "KataChartsTests", dependencies: ["KataCharts"], swiftSettings: settings),
        .testTarget(
            name: "KataDashboardTests", dependencies: ["Kata", "KataAPI", "KataDashboard"], swiftSettings: settings
        ),
        .testTarget(
            name: "KataMetricsTests",
            dependencies: [
                "KataMetrics",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataServerTests",
            dependencies: [
                "Kata", "KataAPI", "KataServer", "KataTestSupport", "KataTesting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataClientTests",
            dependencies: [
                "Kata", "KataAPI", "KataClient", "KataCommand", "KataTestSupport", "kata-ctl",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataSQLiteTests",
            dependencies: [
                "Kata", "KataSQLite", "KataTestSupport", "KataTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "KataPostgresTests", dependencies: ["Kata", "KataPostgres", "KataTestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Kata", "KataSQLite", "KataTestSupport", "katad", "kata-ctl", "kata-http", "greet-daemon",
                "title-case", "mischief",
            ],
            swiftSettings: settings
        ),
    ] + benchmarks + fuzzers,
    swiftLanguageModes: [.v6]
)
