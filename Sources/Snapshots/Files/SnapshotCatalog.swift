internal import AgendaModel
internal import EventLog
internal import Projections

/// `catalog.jsonld`: the agenda as a dataset, with a distribution for each of the other files.
///
/// Addresses are relative to the file's own, so that it is the same wherever it is made. Source: DCAT-AP-NL 3,
/// https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/.
enum SnapshotCatalog {
    /// A file that is described.
    private struct Distribution {
        var file: SnapshotFile
        var length = 0
        var hash: Hash
    }

    static func write(
        of log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet,
        in workspace: FoldedState.Workspace,
        progress: ((LogSize) -> Void)?,
        to write: Export.Writer
    ) throws -> Snapshot {
        var distributions: [Distribution] = []
        for file in SnapshotFile.allCases where file != .catalog && set.has(file) {
            var hasher = Hasher256()
            var length = 0
            do {
                _ = try file.write(of: log, at: size, for: set, in: workspace, progress: progress) { bytes in
                    hasher.update(bytes)
                    length += bytes.count
                }
            } catch let error as ProjectionError where error.code == .tooLarge {
                // There is no such file of so much.
                continue
            }
            distributions.append(Distribution(file: file, length: length, hash: hasher.finish()))
        }
        let snapshot = try Snapshot(of: log, at: size, in: workspace)
        var bytes: [UInt8] = []
        try json(of: snapshot, set, distributions).write(to: &bytes)
        bytes.append(Lines.newline)
        try bytes.withUnsafeBufferPointer(write)
        return snapshot
    }

    private static func json(
        of snapshot: Snapshot,
        _ set: SnapshotSet,
        _ distributions: [Distribution]
    ) throws -> JSONValue {
        func fact(_ path: String) throws -> String? {
            guard let agenda = snapshot.agenda, let head = try snapshot.state.register(of: agenda, at: path)?.heads[0],
                let value = head.value
            else { return nil }
            return try JSONValue(folded: value).text
        }
        let origin = snapshot.manifest.origin
        let title = try fact("/title") ?? origin
        let agent: JSONValue = .object([
            .init("@type", .string("foaf:Agent")), .init("foaf:name", .string(try fact("/region") ?? title)),
        ])
        let right = set == .everybody ? "PUBLIC" : "NON_PUBLIC"
        var dataset: [JSONValue.Member] = [
            .init("@context", context),
            .init("@type", .string("dcat:Dataset")),
            .init("dct:identifier", .string("\(origin)#\(snapshot.manifest.size)")),
            .init("dct:title", .string(title)),
            .init(
                "dct:description",
                .string(try fact("/vision") ?? "The agenda of a city or region, as it was at one size of its log.")
            ),
            .init("dct:publisher", agent),
            .init("dct:creator", agent),
            .init("dcat:contactPoint", contact(origin, title)),
            .init("dct:accessRights", reference("\(authority)/access-right/\(right)")),
            .init("dcat:theme", reference("\(authority)/data-theme/GOVE")),
            .init("dcat:version", .string("\(snapshot.manifest.size)")),
        ]
        if let moment = snapshot.moment {
            dataset.append(.init("dct:modified", typed(moment.description, "dateTime")))
        }
        dataset.append(.init("dcat:distribution", .array(distributions.map { distribution($0, right) })))
        return .object(dataset)
    }

    private static func contact(_ origin: String, _ title: String) -> JSONValue {
        .object([
            .init("@type", .string("vcard:Organization")), .init("vcard:fn", .string(title)),
            .init("vcard:hasURL", reference("https://\(origin)")),
        ])
    }

    private static func distribution(_ made: Distribution, _ right: String) -> JSONValue {
        .object([
            .init("@id", .string(made.file.name)),
            .init("@type", .string("dcat:Distribution")),
            .init("dct:title", .string(made.file.name)),
            .init("dcat:accessURL", reference(made.file.name)),
            .init("dcat:downloadURL", reference(made.file.name)),
            .init("dcat:mediaType", reference("https://www.iana.org/assignments/media-types/\(made.file.mediaType)")),
            .init("dct:accessRights", reference("\(authority)/access-right/\(right)")),
            .init("dcat:byteSize", typed("\(made.length)", "nonNegativeInteger")),
            .init(
                "spdx:checksum",
                .object([
                    .init("@type", .string("spdx:Checksum")),
                    .init("spdx:algorithm", reference("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")),
                    .init("spdx:checksumValue", typed("\(made.hash)", "hexBinary")),
                ])
            ),
        ])
    }

    private static func reference(_ address: String) -> JSONValue { .object([.init("@id", .string(address))]) }

    private static func typed(_ text: String, _ type: String) -> JSONValue {
        .object([.init("@type", .string("xsd:\(type)")), .init("@value", .string(text))])
    }

    private static let authority = "http://publications.europa.eu/resource/authority"
    private static let context: JSONValue = .object([
        .init("dcat", .string("http://www.w3.org/ns/dcat#")),
        .init("dct", .string("http://purl.org/dc/terms/")),
        .init("foaf", .string("http://xmlns.com/foaf/0.1/")),
        .init("spdx", .string("http://spdx.org/rdf/terms#")),
        .init("vcard", .string("http://www.w3.org/2006/vcard/ns#")),
        .init("xsd", .string("http://www.w3.org/2001/XMLSchema#")),
    ])
}
