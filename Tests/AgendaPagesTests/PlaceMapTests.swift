import Testing

@testable import AgendaPages

@Suite("Drawings of places")
struct PlaceMapTests {
    private let here = PlaceMap.Point(latitude: 53, longitude: 6.5)

    private func map(_ others: [PlaceMap.Point]) -> PlaceMap {
        PlaceMap(here, among: [here] + others, TestPages.visit())
    }

    @Test("A place stands in the middle, also alone, with a scale of some kilometres")
    func alone() {
        let map = map([])
        #expect((map.x, map.y) == ("320", "160") && map.others.count == 1)
        #expect(map.scaleText == "1 km" && map.scaleEnd == "120")
    }

    @Test("What is north stands above, what is east to the right, as far as it is")
    func directions() throws {
        let map = map([
            PlaceMap.Point(latitude: 53.01, longitude: 6.5), PlaceMap.Point(latitude: 53, longitude: 6.52),
        ])
        #expect(map.others.map(\.x) == ["320", "320", "454"])
        #expect(map.others.map(\.y) == ["160", "48.7", "160"])
    }

    @Test("What lies in another part of the world does not press the rest into one dot")
    func farAway() {
        let far = [PlaceMap.Point(latitude: 6.5, longitude: 53), PlaceMap.Point(latitude: -90, longitude: 180)]
        #expect(map(far).scaleText == "1 km" && map(far).others.count == 1)
    }

    @Test("However many places there are, a page stays a page")
    func many() {
        let many = (0..<20_000).map {
            PlaceMap.Point(latitude: 53 + Double($0 % 141) / 900, longitude: 6 + Double($0) / 20_000)
        }
        #expect(map(many).others.count == 2000)
        #expect(map(many).description.contains("andere projecten eromheen: 20.000;"))
    }
}
