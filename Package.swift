// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Async code stays on the loop of whoever calls it.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// No package dependencies: nothing to fetch, nothing to audit.
let package = Package(
    name: "systemd-docker",
    products: [
        .executable(name: "systemd-docker", targets: ["systemd-docker"]),
        .executable(name: "systemd-docker-runtime", targets: ["systemd-docker-runtime"]),
    ],
    targets: [
        // The C that Swift cannot reach by itself: headers only.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Libraries, lowest first: a target may use only targets above it.
        .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Systemd", dependencies: ["CSystemd", "Linux"], swiftSettings: strict),
        .target(name: "Cgroups", dependencies: ["CLinux", "Linux"], swiftSettings: strict),
        .target(name: "Engine", dependencies: ["CCurl", "JSON", "Linux", "Systemd"], swiftSettings: strict),
        .target(name: "RunOptions", dependencies: ["Engine", "JSON", "Linux"], swiftSettings: strict),
        .target(name: "Supervision", dependencies: ["Linux"], swiftSettings: strict),
        .target(name: "Claims", dependencies: ["Linux"], swiftSettings: strict),
        .target(
            name: "Runtime", dependencies: ["CLinux", "Cgroups", "Claims", "JSON", "Linux"], swiftSettings: strict),
        .target(name: "Console", dependencies: ["Linux", "Systemd"], swiftSettings: strict),
        .target(
            name: "Output", dependencies: ["Cgroups", "Console", "Engine", "Linux", "Systemd"], swiftSettings: strict),
        .target(
            name: "Images",
            dependencies: ["Cgroups", "Claims", "Console", "Engine", "JSON", "Linux", "RunOptions", "Systemd"],
            swiftSettings: strict),
        .target(
            name: "Commands",
            dependencies: [
                "Cgroups", "Claims", "Console", "Engine", "Images", "JSON", "Linux", "Output", "RunOptions",
                "Supervision", "Systemd",
            ],
            swiftSettings: strict),

        // Programs: parse nothing, decide nothing, call Commands.
        .executableTarget(name: "systemd-docker", dependencies: ["Commands"], swiftSettings: strict),
        .executableTarget(
            name: "systemd-docker-runtime", dependencies: ["Runtime"], swiftSettings: strict,
            // Docker calls it several times for each container: without a dynamic loader it starts in a third of the time.
            linkerSettings: [.unsafeFlags(["-static-executable", "-use-ld=lld"], .when(configuration: .release))]),

        .executableTarget(
            name: "Benchmarks", dependencies: ["Engine", "JSON", "RunOptions"], path: "Tests/Benchmarks",
            exclude: ["runtime", "supervision"], swiftSettings: strict),

        // Tests: one target for each module, HostTests for real hosts, ProjectTests for the tree itself.
        .systemLibrary(name: "CTestLinux", path: "Tests/CTestLinux"),
        .target(name: "Support", dependencies: ["Linux", "Systemd"], path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "LinuxTests", dependencies: ["CLinux", "Linux", "Support"], swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(name: "SystemdTests", dependencies: ["Linux", "Support", "Systemd"], swiftSettings: strict),
        .testTarget(
            name: "CgroupsTests", dependencies: ["CLinux", "CTestLinux", "Cgroups", "Linux", "Support"],
            swiftSettings: strict),
        .testTarget(
            name: "EngineTests", dependencies: ["Engine", "JSON", "Linux", "Support", "Systemd"], swiftSettings: strict),
        .testTarget(
            name: "RunOptionsTests", dependencies: ["Engine", "JSON", "Linux", "RunOptions"], swiftSettings: strict),
        .testTarget(name: "SupervisionTests", dependencies: ["Linux", "Supervision"], swiftSettings: strict),
        .testTarget(name: "ClaimsTests", dependencies: ["Claims", "Linux", "Support"], swiftSettings: strict),
        .testTarget(
            name: "RuntimeTests",
            dependencies: ["CLinux", "Cgroups", "Claims", "JSON", "Linux", "Runtime", "Support"],
            swiftSettings: strict),
        .testTarget(
            name: "OutputTests", dependencies: ["Cgroups", "Engine", "Linux", "Output", "Support"],
            swiftSettings: strict),
        .testTarget(
            name: "ImagesTests",
            dependencies: ["Console", "Engine", "Images", "Linux", "RunOptions", "Support", "Systemd"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Cgroups", "Claims", "Commands", "Console", "Engine", "Images", "Linux", "Output", "RunOptions",
                "Supervision",
                "Support", "Systemd",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Cgroups", "Claims", "Commands", "Engine", "Images", "JSON", "Linux", "Output", "RunOptions", "Runtime",
                "Supervision", "Support", "Systemd",
            ], swiftSettings: strict),
        .testTarget(name: "ProjectTests", swiftSettings: strict),
        .testTarget(name: "HostTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// The modules are documented in their folders.
for target in package.targets where target.type == .regular && target.path == nil {
    target.exclude.append("README.md")
}
