internal import AgendaModel
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension SyncService {
    /// Collects, inflates and reads a body of lines.
    ///
    /// Short ones are read where they arrive, long ones on threads of their own and under a permit of their own.
    ///
    /// - Parameters:
    ///   - request: whose body it is.
    ///   - coding: how it is compressed.
    ///   - read: makes something of the lines.
    /// - Returns: what `read` has made.
    /// - Throws: `busy`, `too-large`, `request-timeout`, or what `read` throws.
    func readLines<Content: Sendable>(
        of request: MemberRequest,
        _ coding: ContentCoding,
        _ read: @escaping @Sendable ([UInt8]) throws -> Content
    ) async throws -> Content {
        let permits = request.permits
        var long: Permit?
        defer { long?.release() }
        let body = try await request.request.body(
            atMost: options.limits.pushCompressedBytes,
            within: options.deadlines.body,
            longLength: ServerOptions.longPush,
            onLong: { long = try permits.permit(for: .longPush) }
        )
        let limits = options.limits
        if coding == .identity {
            return try await inline(body.readableBytes <= Self.inlineLength) {
                try read(Array(body.readableBytesView))
            }
        }
        let isLong = long != nil
        return try await inline(body.readableBytes <= Self.inlineLength / 8) {
            try body.withUnsafeReadableBytes { bytes in
                let compressed = bytes.bindMemory(to: UInt8.self)
                return isLong
                    ? try read(BodyContent.inflate(compressed, limits: limits))
                    : try read(Self.inflate(compressed, limits, with: permits))
            }
        }
    }

    /// Inflates under the limit of short bodies first, and takes one of the permits for long ones only when it must.
    private static func inflate(
        _ compressed: UnsafeBufferPointer<UInt8>,
        _ limits: Limits,
        with permits: PermitScope
    ) throws -> [UInt8] {
        var short = limits
        short.pushInflatedBytes = min(limits.pushInflatedBytes, ServerOptions.longPushInflated)
        let fits = Result { () throws(ProblemDetails) in try BodyContent.inflate(compressed, limits: short) }
        guard case .failure(let problem) = fits, problem.problem == .tooLarge, short != limits else {
            return try fits.get()
        }
        return try permits.withPermit(for: .longPush) { try BodyContent.inflate(compressed, limits: limits) }
    }

    private func inline<Value: Sendable>(
        _ isShort: Bool,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        if isShort { return try body() }
        return try await work.run(body)
    }

    /// Reading so many bytes of events takes well under a millisecond: less than handing them to another thread may.
    private static let inlineLength = 64 * 1024
}
