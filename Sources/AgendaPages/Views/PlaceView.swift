internal import AgendaModel
internal import Projections
internal import Wording

/// Where a project is: its name, its coordinates, and where it lies among the others.
struct PlaceView {
    var name: String?
    var coordinates: String?
    var map: PlaceMap?

    /// nil when the document has no place.
    init?(_ location: JSONValue?, _ reader: AgendaReader) {
        let visit = reader.visit
        guard let location else { return nil }
        name = location["name"]?.text
        func degrees(_ name: String) -> String? {
            guard case .number(let digits)? = location[name] else { return nil }
            return visit.localizer.typed(digits)
        }
        if let latitude = degrees("latitude"), let longitude = degrees("longitude") {
            coordinates = visit.say(.pageCoordinates, ["latitude": latitude, "longitude": longitude])
        }
        if name == nil, coordinates == nil { return nil }
        map = PlaceMap.Point(location).map { PlaceMap($0, among: reader.facts.places, visit) }
    }
}

extension PlaceMap.Point {
    /// nil where the place of a document has no coordinates.
    init?(_ location: JSONValue?) {
        guard let latitude = location?["latitude"]?.double, let longitude = location?["longitude"]?.double else {
            return nil
        }
        self.init(latitude: latitude, longitude: longitude)
    }
}
