internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension ResponseBody {
    /// The same body; no more of it is written than the connection takes, but for what it holds by itself.
    ///
    /// Of the connection one can tell whether it is waited for.
    static func paced(_ body: ResponseBody, by connection: Connection) -> ResponseBody {
        ResponseBody(contentLength: body.contentLength) { writer in
            let paced = PacedWriter(writer: writer, connection: connection)
            // What is in it may be made while it is sent.
            try await offEventLoop { try await body.write(paced) }
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
        let bytes = buffer.readableBytes
        connection.wait.begin()
        defer { connection.wait.end(after: bytes) }
        try await writer.write(buffer)
        try await noteWritten(bytes)
    }

    @concurrent mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
        let buffers = Array(buffers)
        let bytes = buffers.reduce(0) { $0 + $1.readableBytes }
        connection.wait.begin()
        defer { connection.wait.end(after: bytes) }
        try await writer.write(contentsOf: buffers)
        try await noteWritten(bytes)
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
