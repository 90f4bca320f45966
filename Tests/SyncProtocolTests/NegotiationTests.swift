import Testing

@testable import SyncProtocol

@Suite
struct NegotiationTests {
    @Test(
        "The coding of an answer follows Accept-Encoding",
        arguments: [
            (nil, ContentCoding.identity),
            ("", .identity),
            ("gzip", .gzip),
            ("x-gzip", .gzip),
            ("GZIP", .gzip),
            ("deflate, gzip;q=0.5, br", .gzip),
            ("gzip;q=0", .identity),
            ("gzip;q=0.000", .identity),
            ("*", .gzip),
            ("*;q=0", .identity),
            ("gzip;q=0, *", .identity),
            ("identity;q=0", .identity),
            ("identity;q=0, gzip", .gzip),
            ("identity, gzip;q=0.5", .identity),
            ("gzip;q=0.5, *;q=0.9", .identity),
            ("gzip;q=0.9, *;q=0.5", .gzip),
            ("identity;q=0.5, gzip;q=0.5", .gzip),
            ("gzip;q=2", .identity),
            ("gzip;q=x", .identity),
            (" gzip ; q=0.001 ", .gzip),
            (",,;q=1,gzip", .gzip),
        ] as [(String?, ContentCoding)]
    )
    func coding(header: String?, expected: ContentCoding) {
        #expect(ContentCoding.negotiated(header) == expected)
    }

    @Test(
        "The form of a pull follows Accept",
        arguments: [
            (nil, PullForm.ndjson),
            ("", .ndjson),
            ("*/*", .ndjson),
            ("application/*", .ndjson),
            ("application/gzip", .members),
            ("application/gzip;q=0, */*", .ndjson),
            ("application/gzip, */*", .members),
            ("application/gzip;q=0.5, application/x-ndjson", .ndjson),
            ("Application/X-NDJSON", .ndjson),
            ("application/x-ndjson;q=0, */*", nil),
            ("text/html", nil),
            ("text/html, */*;q=0.1", .ndjson),
        ] as [(String?, PullForm?)]
    )
    func form(header: String?, expected: PullForm?) {
        #expect(PullForm.negotiated(header) == expected)
    }

    @Test("Qualities have at most three decimals and are at most one")
    func qualities() {
        let list = QualityList("a;q=1, b;q=0.25, c;q=1.000, d;q=1.001, e;q=0.1234, f;q=-1, g; charset=x; q=0.5")
        #expect(list.items.map(\.quality) == [1000, 250, 1000, 0, 0, 0, 500])
        #expect(list.quality(of: "z") == nil)
    }

    @Test("A header with very many values is read up to a limit")
    func manyValues() {
        let list = QualityList(String(repeating: "a,", count: 10_000))
        #expect(list.items.count == 64)
    }
}
