internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension SyncService {
    /// Collects, inflates and reads a body of lines.
    ///
    /// Short ones are read where they arrive, others as heavy work, and the longest under a permit of their own.
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
        if let short = try Self.short(body, coding: coding, limits) { return try read(short) }
        let isLong = long != nil
        return try await heavyWork.run(for: request.sender.client) {
            if coding == .identity { return try read(Array(body.readableBytesView)) }
            return try body.withUnsafeReadableBytes { bytes in
                let compressed = bytes.bindMemory(to: UInt8.self)
                return isLong
                    ? try read(BodyContent.inflate(compressed, limits: limits))
                    : try read(Self.inflate(compressed, limits, with: permits))
            }
        }
    }

    /// A body that is short, also when it is inflated; nil for another one.
    private static func short(_ body: ByteBuffer, coding: ContentCoding, _ limits: Limits) throws -> [UInt8]? {
        guard body.readableBytes <= ServerOptions.briefPush else { return nil }
        if coding == .identity { return Array(body.readableBytesView) }
        var short = limits
        short.pushInflatedBytes = min(limits.pushInflatedBytes, ServerOptions.briefPush)
        return try body.withUnsafeReadableBytes { bytes in
            do throws(ProblemDetails) {
                return try BodyContent.inflate(bytes.bindMemory(to: UInt8.self), limits: short)
            } catch {
                guard error.problem == .tooLarge, short != limits else { throw error }
                return nil
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
}
