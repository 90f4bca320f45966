internal import AgendaPages
internal import NIOCore

/// What is sent to everybody alike: made once, so that a thousand connections that take it slowly hold it once.
struct FixedContents: Sendable {
    /// A file that pages are made of.
    struct Asset: Sendable {
        let contents: ByteBuffer
        let type: String
        let tag: EntityTag
    }

    /// In JSON.
    let contract: ByteBuffer
    /// As it was written, in YAML.
    let writtenContract: ByteBuffer
    private let assets: [String: Asset]

    init(_ options: ServerOptions) {
        contract = ByteBuffer(bytes: options.contact.added(toJSON: PackageResources.openapi_json))
        writtenContract = ByteBuffer(bytes: options.contact.added(toYAML: PackageResources.openapi_yaml))
        assets = PageAsset.all.reduce(into: [:]) { assets, file in
            let asset = file.value.followed(by: file.key == PageAsset.style ? options.pageStyle : [])
            let contents = ByteBuffer(bytes: asset.bytes)
            assets[file.key] = Asset(contents: contents, type: asset.type, tag: EntityTag(asset.mark))
        }
    }

    /// The file with a name; nil for any other.
    func asset(named name: String) -> Asset? { assets[name] }
}
