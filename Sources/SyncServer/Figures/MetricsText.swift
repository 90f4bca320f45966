/// Figures in the text format of Prometheus, version 0.0.4.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/.
struct MetricsText {
    private(set) var text = ""

    typealias Labels = [(name: String, value: String)]

    /// Figures that only grow while the server runs.
    mutating func counter(_ name: String, help: String, _ samples: [(labels: Labels, value: Int)]) {
        head(name, type: "counter", help: help)
        for sample in samples { line(name, labels: sample.labels, "\(sample.value)") }
    }

    /// Figures that go up and down.
    mutating func gauge(_ name: String, help: String, _ samples: [(labels: Labels, value: Double)]) {
        head(name, type: "gauge", help: help)
        for sample in samples { line(name, labels: sample.labels, Self.number(sample.value)) }
    }

    mutating func histogram(_ name: String, help: String, _ samples: [(labels: Labels, value: Histogram)]) {
        head(name, type: "histogram", help: help)
        for (labels, histogram) in samples {
            for (bound, count) in histogram.cumulative {
                line("\(name)_bucket", labels: labels + [("le", Self.number(bound))], "\(count)")
            }
            line("\(name)_bucket", labels: labels + [("le", "+Inf")], "\(histogram.count)")
            line("\(name)_sum", labels: labels, Self.number(histogram.sum))
            line("\(name)_count", labels: labels, "\(histogram.count)")
        }
    }

    private mutating func head(_ name: String, type: String, help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, labels: Labels, _ value: String) {
        let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
