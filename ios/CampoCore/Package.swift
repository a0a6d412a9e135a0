// swift-tools-version:6.0
import PackageDescription

// The core's Swift side: the generated bindings, a wrapper over them, and the view models; Foundation only, so that all of
// it is tested on Linux. `android/jvm/phone.sh bindings` writes `generated/`; `ios/core.sh` copies what SwiftPM needs from it.
// On Apple platforms the library is the xcframework that `ios/build-core.sh` makes.

#if os(Linux)
let library: Target = .systemLibrary(name: "CampoFFI", path: "Sources/CampoFFI")
let linked: [LinkerSetting] = [
    .unsafeFlags(["-L\(Context.packageDirectory)/generated", "-Xlinker", "-rpath=\(Context.packageDirectory)/generated"]),
]
#else
let library: Target = .binaryTarget(name: "CampoFFI", path: "generated/CampoFFI.xcframework")
let linked: [LinkerSetting] = []
#endif

let package = Package(
    name: "CampoCore",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "CampoCore", targets: ["CampoCore"])],
    targets: [
        library,
        .target(
            name: "CampoBindings",
            dependencies: ["CampoFFI"],
            path: "generated/swift",
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: linked
        ),
        .target(name: "CampoCore", dependencies: ["CampoBindings"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .testTarget(
            name: "CampoCoreTests",
            dependencies: ["CampoCore"],
            resources: [.copy("conversations")],
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
    ]
)
