/// The query of a request: names that the route knows, each at most once, values decoded from their percent-encoding.
package struct QueryParameters: Hashable, Sendable {
    private var values: [String: String] = [:]

    /// - Parameters:
    ///   - query: What follows the question mark; nil when there is none.
    ///   - known: The names that the route takes.
    /// - Throws: `bad-request` for unknown and repeated names and for encodings that are none.
    package init(_ query: String?, known: Set<String>) throws(ProblemDetails) {
        guard let query else { return }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]), known.contains(name) else {
                let names = known.sorted().map { "`\($0)`" }.joined(separator: ", ")
                throw ProblemDetails(
                    .badRequest,
                    known.isEmpty
                        ? "This address takes no query parameters." : "The query has a parameter other than \(names)."
                )
            }
            guard let value = PercentEncoding.decode(parts.count == 2 ? parts[1] : "") else {
                throw ProblemDetails(.badRequest, "The query parameter `\(name)` is not valid percent-encoded UTF-8.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ProblemDetails(.badRequest, "The query has the parameter `\(name)` more than once.")
            }
        }
    }

    package subscript(name: String) -> String? { values[name] }

    /// A non-negative whole number in decimal digits.
    ///
    /// - Throws: `invalid-range` when the value is something else or lies outside the range.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws(ProblemDetails) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = DecimalNumber.parse(text), range.contains(number) else {
            let bound = range.upperBound == DecimalNumber.maximum ? "up" : "to \(range.upperBound)"
            throw ProblemDetails(
                .invalidRange,
                "The query parameter `\(name)` must be a whole number from \(range.lowerBound) \(bound)."
            )
        }
        return number
    }
}
