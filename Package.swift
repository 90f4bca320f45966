// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "ambit",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "ambit", targets: ["ambit"]),
        .library(name: "AgendaModel", targets: ["AgendaModel"]),
        .library(name: "SyncProtocol", targets: ["SyncProtocol"]),
        .library(name: "LogClient", targets: ["LogClient"]),
        .library(name: "SyncClient", targets: ["SyncClient"]),
    ],
    traits: [
        .trait(name: "Fuzzing", description: "Makes `ambit-fuzz` a libFuzzer program; for Tools/fuzz only."),
        .trait(
            name: "PostgreSQL",
            description: "Lets `ambit serve` keep its logs in a PostgreSQL database; needs libpq."
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "AgendaModel", swiftSettings: settings),
        .target(name: "Deflate", dependencies: ["CZlib"], swiftSettings: settings),
        .target(name: "EventLog", dependencies: ["AgendaModel", "Deflate", crypto], swiftSettings: settings),
        .target(
            name: "EventLogPostgreSQL",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog",
                .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "EventLogSQLite",
            dependencies: ["EventLog", "AgendaModel", "Deflate", "Files", "SQLiteFiles", grdb],
            swiftSettings: settings
        ),
        .target(
            name: "EventLogTesting",
            dependencies: ["EventLog", "AgendaModel"],
            path: "Tests/EventLogTesting",
            swiftSettings: settings
        ),
        .target(name: "Files", dependencies: [systemPackage], swiftSettings: settings),
        .target(
            name: "Projections",
            dependencies: ["EventLog", "AgendaModel", "Files", "SQLiteFiles", grdb],
            swiftSettings: settings
        ),
        .target(
            name: "SQLiteFiles",
            dependencies: ["AgendaModel", "Deflate", "Files", grdb, sqlite],
            swiftSettings: settings
        ),
        .target(
            name: "Snapshots",
            dependencies: ["AgendaModel", "Deflate", "EventLog", "Files", "Projections", "SQLiteFiles", grdb, sqlite],
            swiftSettings: settings
        ),
        .target(name: "SyncProtocol", dependencies: ["AgendaModel", "Deflate"], swiftSettings: settings),
        .target(
            name: "TypedInput",
            dependencies: ["AgendaModel", "Projections", "Wording"],
            swiftSettings: settings
        ),
        .target(
            name: "Wording",
            dependencies: ["AgendaModel", "Projections", "SyncProtocol"],
            resources: [.embedInCode("Errors/nl.po"), .embedInCode("Help/help-nl.po")],
            swiftSettings: settings
        ),
        .target(
            name: "AgendaPages",
            dependencies: [
                "AgendaModel", "EventLog", "Projections", "SyncProtocol", "TypedInput", "Wording", mustache,
            ],
            resources: [.embedInCode("Templates"), .embedInCode("Assets")],
            swiftSettings: settings
        ),
        .target(
            name: "LaptopPage",
            dependencies: [
                "AgendaModel", "AgendaPages", "EventLog", "Files", "LogClient", "Projections", "Snapshots",
                "SyncClient",
                "SyncProtocol", "SyncServer", "TypedInput", "Wording",
                hummingbird, httpTypes, logging, nioCore,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SyncServer",
            dependencies: [
                "AgendaModel", "AgendaPages", "Deflate", "EventLog", "Files", "Projections", "Snapshots",
                "SyncProtocol", "Wording", httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, logging,
                nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1,
                nioPosix, nioSSL, unixSignals,
            ],
            // Links to those in Protocol/, which the server gives out as they are.
            resources: [.embedInCode("Routes/Server/openapi.json"), .embedInCode("Routes/Server/openapi.yaml")],
            swiftSettings: settings
        ),
        .target(
            name: "LogClient",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog", "Files", "SyncProtocol", asyncHTTPClient, nioCore, nioHTTP1,
                nioPosix, nioSSL,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SyncClient",
            dependencies: [
                "AgendaModel", "EventLog", "EventLogSQLite", "Files", "LogClient", "Projections", "SQLiteFiles",
                "SyncProtocol",
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "AgendaModel", "EventLog", "EventLogSQLite", "EventLogTesting", "Files", "LogClient", "Projections",
                "SyncClient", "SyncProtocol", "SyncServer", httpTypes, hummingbird, logging, nioCore, nioEmbedded,
            ],
            path: "Tests/Simulation/Library",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "AgendaModel", "EventLogSQLite", "Simulation", argumentParser,
                .target(name: "EventLogPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            ],
            path: "Tests/Simulation/Driver",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ambit",
            dependencies: [
                "AgendaModel", "AgendaPages", "EventLog", "EventLogSQLite", "Files", "LaptopPage", "LogClient",
                "Projections", "Snapshots",
                "SyncProtocol", "SyncServer", "SyncClient", "TypedInput", "Wording", argumentParser, logging, tomlKit,
                .target(name: "EventLogPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
            ],
            resources: [.embedInCode("Guides")],
            swiftSettings: settings
        ),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog", "EventLogTesting", "LogClient", "SyncClient", "SyncProtocol",
            ],
            path: "Tests/Fuzzing/Targets",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ambit-fuzz",
            dependencies: [
                .target(name: "EventLogTesting", condition: .when(traits: ["Fuzzing"])),
                .target(name: "FuzzTargets", condition: .when(traits: ["Fuzzing"])),
            ],
            path: "Tests/Fuzzing/Driver",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FuzzingTests",
            dependencies: ["AgendaModel", "FuzzTargets", "EventLogTesting"],
            path: "Tests/Fuzzing/Regression",
            swiftSettings: settings
        ),
        .testTarget(name: "AgendaModelTests", dependencies: ["AgendaModel", "FuzzTargets"], swiftSettings: settings),
        .testTarget(
            name: "EventLogTests",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog", "EventLogSQLite", "EventLogTesting", "Files", "SQLiteFiles", grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EventLogPostgreSQLTests",
            dependencies: ["AgendaModel", "EventLog", "EventLogPostgreSQL", "EventLogSQLite", "EventLogTesting"],
            swiftSettings: settings
        ),
        .testTarget(name: "FilesTests", dependencies: ["Files", systemPackage], swiftSettings: settings),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: [
                "AgendaModel", "EventLog", "EventLogSQLite", "EventLogTesting", "Files", "Projections", "SQLiteFiles",
                grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AgendaPagesTests",
            dependencies: [
                "AgendaModel", "AgendaPages", "EventLog", "EventLogTesting", "Projections", "TypedInput", "Wording",
                grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LaptopPageTests",
            dependencies: ["AgendaModel", "LaptopPage", httpTypes, hummingbird, nioCore],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SnapshotsTests",
            dependencies: [
                "AgendaModel", "EventLog", "EventLogTesting", "Files", "Projections", "Snapshots", grdb,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SyncProtocolTests",
            dependencies: ["AgendaModel", "Deflate", "SyncProtocol"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TypedInputTests",
            dependencies: ["AgendaModel", "TypedInput", "Wording"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WordingTests",
            dependencies: ["AgendaModel", "Projections", "Wording"],
            swiftSettings: settings
        ),
        .target(
            name: "SyncTesting",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog", "EventLogSQLite", "EventLogTesting", "LogClient", "SyncProtocol",
                "SyncServer", httpTypes, hummingbird, hummingbirdTesting, lifecycle, logging, nioCore,
            ],
            path: "Tests/SyncTesting",
            swiftSettings: settings
        ),
        .testTarget(
            name: "SyncServerTests",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog", "EventLogSQLite", "EventLogTesting", "Files", "LogClient",
                "Projections", "Snapshots", "SyncClient", "SyncProtocol", "SyncServer", "SyncTesting", httpTypes,
                hummingbird,
                hummingbirdTesting, lifecycle, logging, nioCore, nioEmbedded, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1, nioPosix,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LogClientTests",
            dependencies: [
                "AgendaModel", "EventLog", "EventLogSQLite", "EventLogTesting", "LogClient", "SyncProtocol",
                "SyncServer",
                "SyncTesting", asyncHTTPClient, lifecycle, logging, nioCore, nioSSL,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SyncClientTests",
            dependencies: [
                "AgendaModel", "Deflate", "EventLog", "EventLogSQLite", "EventLogTesting", "Files", "LogClient",
                "Projections", "SyncClient", "SyncProtocol", "SyncServer", "SyncTesting", grdb, httpTypes,
                hummingbirdTesting, lifecycle, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Simulation"],
            path: "Tests/Simulation/Regression",
            swiftSettings: settings
        ),
        .testTarget(
            name: "AmbitTests",
            dependencies: ["AgendaPages", "ambit", "TypedInput", "Wording", argumentParser],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
