internal import AgendaModel
internal import Foundation

/// A point on the earth, in degrees (WGS 84).
struct Place: Hashable {
    var latitude: Double
    var longitude: Double
}

extension Place {
    /// nil for a location without both.
    init?(_ location: JSONValue?) {
        guard let latitude = location?["latitude"]?.double, let longitude = location?["longitude"]?.double else {
            return nil
        }
        self.init(latitude: latitude, longitude: longitude)
    }

    /// The distance along the earth's surface, taken for a sphere (the haversine formula).
    func kilometres(to other: Place) -> Double {
        func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
        let north = sin(radians(other.latitude - latitude) / 2)
        let east = sin(radians(other.longitude - longitude) / 2)
        let chord = north * north + cos(radians(latitude)) * cos(radians(other.latitude)) * east * east
        return 2 * 6371 * asin(min(1, max(0, chord)).squareRoot())
    }
}
