internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension ResponseBody {
    /// The same body; no more of it is written than the connection takes, but for what it holds by itself.
    static func paced(_ body: ResponseBody, by connection: Connection) -> ResponseBody {
        // A body without a length comes in many parts; one that fits into one needs no care.
        guard body.contentLength ?? .max > PacedWriter.partBytes else { return body }
        return ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(PacedWriter(writer: writer, connection: connection))
        }
    }
}

private struct PacedWriter: ResponseBodyWriter {
    /// As much makes a connection full.
    static let partBytes = 64 * 1024

    var writer: any ResponseBodyWriter
    let connection: Connection
    private var ahead = 0

    init(writer: any ResponseBodyWriter, connection: Connection) {
        self.writer = writer
        self.connection = connection
    }

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
        try await writer.write(buffer)
        try await noteWritten(buffer.readableBytes)
    }

    @concurrent mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
        let buffers = Array(buffers)
        try await writer.write(contentsOf: buffers)
        try await noteWritten(buffers.reduce(0) { $0 + $1.readableBytes })
    }

    @concurrent consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await writer.finish(trailingHeaders)
    }

    private mutating func noteWritten(_ bytes: Int) async throws {
        ahead += bytes
        guard ahead >= Self.partBytes else { return }
        ahead = 0
        try await connection.catchUp()
    }
}
