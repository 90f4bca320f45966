internal import AgendaModel
package import Projections

/// `projects.geojson`: the projects that have a place (RFC 7946).
package enum ProjectMap {
    /// Writes the projects of a snapshot, one a line, sorted by subject.
    ///
    /// - Throws: what the writer throws.
    package static func write(_ snapshot: Snapshot, to write: Export.Writer) throws {
        let milestones = try Milestones(snapshot)
        var bytes = Array(#"{"type":"FeatureCollection","features":["#.utf8)
        var separator = "\n"
        try snapshot.forEachSubject(of: "project") { subject, document in
            guard let place = Place(document) else { return }
            bytes += separator.utf8
            separator = ",\n"
            let feature = try feature(
                subject,
                document,
                at: place,
                milestones: milestones.counts[subject],
                in: snapshot
            )
            feature.write(to: &bytes)
            guard bytes.count >= pieceLength else { return }
            try bytes.withUnsafeBufferPointer(write)
            bytes.removeAll(keepingCapacity: true)
        }
        bytes += "\n]}\n".utf8
        try bytes.withUnsafeBufferPointer(write)
    }

    private static let pieceLength = 1 << 16

    private static func feature(
        _ subject: String,
        _ document: JSONValue,
        at place: Place,
        milestones count: (reached: Int, all: Int)?,
        in snapshot: Snapshot
    ) throws -> JSONValue {
        func title(_ field: String) throws -> JSONValue {
            guard let other = document[field]?.text else { return .null }
            let path = field == "theme" ? "/title" : "/name"
            let value = try snapshot.state.register(of: other, at: path)?.heads[0].value
            return try value.map { try JSONValue(folded: $0) } ?? .null
        }
        return try .object([
            .init("type", .string("Feature")),
            .init("id", .string(subject)),
            .init(
                "geometry",
                .object([
                    .init("type", .string("Point")),
                    .init("coordinates", .array([place.longitude, place.latitude])),
                ])
            ),
            .init(
                "properties",
                .object([
                    .init("subject", .string(subject)),
                    .init("title", document["title"] ?? .null),
                    .init("phase", document["phase"] ?? .null),
                    .init("theme", document["theme"] ?? .null),
                    .init("theme_title", title("theme")),
                    .init("lead_name", title("lead")),
                    .init("place", document["location"]?["name"] ?? .null),
                    .init("milestones", JSONValue(count?.all ?? 0)),
                    .init("milestones_reached", JSONValue(count?.reached ?? 0)),
                ])
            ),
        ])
    }

    /// Where a project is, in degrees of WGS 84.
    private struct Place {
        var latitude: JSONValue
        var longitude: JSONValue

        /// nil for a project without a place on earth.
        init?(_ document: JSONValue) {
            guard let latitude = document["location"]?["latitude"], let longitude = document["location"]?["longitude"],
                let north = latitude.double, (-90.0...90.0).contains(north),
                let east = longitude.double, (-180.0...180.0).contains(east)
            else { return nil }
            (self.latitude, self.longitude) = (latitude, longitude)
        }
    }
}

/// How many milestones the projects have, and how many of them were reached; those that were given up do not count.
private struct Milestones {
    private(set) var counts: [String: (reached: Int, all: Int)] = [:]

    init(_ snapshot: Snapshot) throws {
        var counts = counts
        try snapshot.forEachSubject(of: "milestone") { _, document in
            guard let project = document["project"]?.text, document["dropped"] != true else { return }
            let isReached = document["reached"]?.text != nil
            let known = counts[project] ?? (0, 0)
            counts[project] = (known.reached + (isReached ? 1 : 0), known.all + 1)
        }
        self.counts = counts
    }
}
