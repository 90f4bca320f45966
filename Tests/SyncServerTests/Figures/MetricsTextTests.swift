import Testing

@testable import SyncServer

@Suite("Figures in the text format")
struct MetricsTextTests {
    @Test("A histogram counts each value in every bound that it does not pass, and all of them at infinity")
    func histogram() {
        var histogram = Histogram(.counts)
        for value in [1.0, 2, 3, 10_000, 20_000] { histogram.add(value) }
        #expect(histogram.count == 5 && histogram.sum == 30_006)
        #expect(histogram.cumulative.map(\.count) == [1, 3, 3, 3, 3, 3, 3, 3, 4])
        var text = MetricsText()
        text.histogram("x_entries", help: "Of x.", [([("a", "b")], histogram)])
        let lines = text.text.split(separator: "\n")
        #expect(lines[0] == "# HELP x_entries Of x." && lines[1] == "# TYPE x_entries histogram")
        #expect(lines[2] == #"x_entries_bucket{a="b",le="1"} 1"#)
        #expect(
            lines.suffix(3) == [
                #"x_entries_bucket{a="b",le="+Inf"} 5"#, #"x_entries_sum{a="b"} 30006"#, #"x_entries_count{a="b"} 5"#,
            ]
        )
    }

    @Test("A value of a label cannot end its line, or its quotes")
    func escaping() {
        var text = MetricsText()
        text.gauge("x", help: "X.", [([("a", "b\"} 1\nforged 2\\")], 0.5)])
        #expect(text.text == "# HELP x X.\n# TYPE x gauge\nx{a=\"b\\\"} 1\\nforged 2\\\\\"} 0.5\n")
    }
}
