internal import AgendaModel

/// How often something may be done: so many times at once, and so many times a second in the long run.
package struct Rate: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Double

    /// - Parameters:
    ///   - perSecond: in the long run; more than 0.
    ///   - burst: at once; at least 1.
    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Reads `20/200`: 20 a second, 200 at once.
    package init?(_ text: String) {
        // `Double` reads hexadecimal too.
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
            DecimalText(String(part)) == nil ? nil : Double(part)
        }
        guard parts.count == 2, let perSecond = parts[0], let burst = parts[1],
            (0.001...1e9).contains(perSecond), (1...1e9).contains(burst)
        else { return nil }
        self.init(perSecond: perSecond, burst: burst)
    }
}
