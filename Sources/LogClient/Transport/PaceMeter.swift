/// Holds an answer's body to its pace; only the time counts that is spent on waiting.
package struct PaceMeter: Sendable {
    private let pace: TransferPace
    private var received = 0
    private var waited: Duration = .zero

    package init(_ pace: TransferPace) {
        self.pace = pace
    }

    /// - Parameters:
    ///   - count: how many bytes came.
    ///   - duration: how long they took.
    /// - Throws: `LogClientError` with code `timeout`.
    package mutating func took(_ count: Int, after duration: Duration) throws(LogClientError) {
        received += count
        waited += duration
        guard waited >= pace.duration else { return }
        guard received >= pace.bytes else {
            var error = LogClientError(
                .timeout,
                "the answer came too slowly: \(received) bytes in \(waited.components.seconds) seconds"
            )
            error.isSlowAnswer = true
            throw error
        }
        received = 0
        waited = .zero
    }
}
