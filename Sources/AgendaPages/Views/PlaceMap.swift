internal import Foundation
internal import Wording

/// Where a project lies among the agenda's other projects: a drawing without a map from elsewhere.
struct PlaceMap {
    struct Dot {
        var x: String
        var y: String
    }

    var others: [Dot]
    var x: String
    var y: String
    /// The length of the scale, and what it stands for.
    var scaleEnd: String
    var scaleText: String
    var description: String
}

extension PlaceMap {
    /// A point of the earth, in degrees.
    struct Point: Hashable {
        var latitude: Double
        var longitude: Double
    }

    /// - Parameters:
    ///   - place: of the project.
    ///   - all: of all projects.
    ///   - visit: who looks.
    init(_ place: Point, among all: [Point], _ visit: PageVisit) {
        // Over the few hundred kilometres of a region a degree of longitude has one length.
        let across = Self.metresPerDegree * cos(place.latitude * .pi / 180)
        func metres(_ point: Point) -> (x: Double, y: Double) {
            (
                (point.longitude - place.longitude) * across,
                (place.latitude - point.latitude) * Self.metresPerDegree
            )
        }
        // What is far away was mistyped, or would press all the rest into one dot.
        let near = all.map(metres).filter { max(abs($0.x), abs($0.y)) <= Self.farthest }
        let reach = near.reduce(Self.nearest) { max($0, abs($1.x) / Self.half.x, abs($1.y) / Self.half.y) }
        func dot(_ point: (x: Double, y: Double)) -> Dot {
            Dot(
                x: ChartView.digits(Self.centre.x + point.x / reach),
                y: ChartView.digits(Self.centre.y + point.y / reach)
            )
        }
        // Only what is drawn is written: there may be very many that are not told apart.
        var seen: Set<SIMD2<Double>> = []
        others = []
        for point in near where others.count < Self.maximumCount {
            let place = (SIMD2(point.x / reach, point.y / reach) * 10).rounded(.toNearestOrAwayFromZero)
            if seen.insert(place).inserted { others.append(dot(point)) }
        }
        let own = dot((0, 0))
        (x, y) = (own.x, own.y)
        let scale = Self.scale(atMost: reach * Self.maximumScale)
        scaleEnd = ChartView.digits(Self.scaleStart + scale / reach)
        scaleText = scale < 1000 ? "\(visit.number(Int(scale))) m" : "\(visit.number(Int(scale / 1000))) km"
        description = visit.say(
            .pagePlaceMap,
            ["count": visit.number(max(0, near.count - 1)), "scale": scaleText]
        )
    }

    private static let metresPerDegree = 111_320.0
    private static let (centre, half) = ((x: 320.0, y: 160.0), (x: 300.0, y: 140.0))
    /// Of the drawing, in metres for each unit of it: a single place is shown within some kilometres.
    private static let nearest = 10.0
    private static let farthest = 300_000.0
    private static let maximumScale = 160.0
    private static let scaleStart = 20.0
    /// More dots are not told apart.
    private static let maximumCount = 2000

    /// The longest round length up to this one: 1, 2 or 5 and zeros.
    private static func scale(atMost length: Double) -> Double {
        let power = pow(10, floor(log10(length)))
        return [5, 2, 1].map { $0 * power }.first { $0 <= length } ?? power
    }
}
