internal import AsyncHTTPClient
internal import NIOCore
internal import Synchronization

/// The pieces of an answer, one at a time.
///
/// Unchecked because iterator and meter are mutable; sound because only one call at a time gets past `isReading`.
final class BodyPieces: @unchecked Sendable {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private var meter: PaceMeter?
    private let isReading = Mutex(false)

    init(_ body: HTTPClientResponse.Body, _ pace: TransferPace?) {
        iterator = body.makeAsyncIterator()
        meter = pace.map(PaceMeter.init)
    }

    func next() async throws -> [UInt8]? {
        let isFirst = isReading.withLock { isReading in
            defer { isReading = true }
            return !isReading
        }
        precondition(isFirst, "an answer's body is read by one task at a time")
        defer { isReading.withLock { $0 = false } }
        do {
            let start = ContinuousClock.now
            guard let piece = try await iterator.next() else { return nil }
            try meter?.took(piece.readableBytes, after: start.duration(to: .now))
            return Array(piece.readableBytesView)
        } catch {
            throw LogClientError(http: error)
        }
    }
}
