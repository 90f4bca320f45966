/// A file that pages refer to: the style sheet, and the script.
package struct PageAsset: Sendable {
    package let type: String
    package let bytes: [UInt8]
    /// Changes with the bytes.
    package var mark: String { bytes.mark }

    /// The name of the style sheet.
    package static let style = "style.css"

    /// The file with more behind it.
    package func followed(by more: [UInt8]) -> PageAsset { PageAsset(type: type, bytes: bytes + more) }

    /// The file with a name; nil for any other.
    package static func named(_ name: String) -> PageAsset? { all[name] }

    /// All of them, by name.
    package static let all: [String: PageAsset] = [
        style: PageAsset(type: "text/css; charset=utf-8", bytes: PackageResources.style_css),
        "page.js": PageAsset(type: "text/javascript; charset=utf-8", bytes: PackageResources.page_js),
        "proof.js": PageAsset(type: "text/javascript; charset=utf-8", bytes: PackageResources.proof_js),
        "icon.svg": PageAsset(type: "image/svg+xml", bytes: PackageResources.icon_svg),
    ]
}

extension [UInt8] {
    /// Tells two contents apart, though not from one that somebody made to have the same mark.
    var mark: String { "\(count)-\(reduce(UInt32(17)) { $0 &* 31 &+ UInt32($1) })" }
}
