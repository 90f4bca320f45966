internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension ResponseBody {
    /// The same body; of each part that is written it is told how many bytes it has.
    static func counted(_ body: ResponseBody, by count: @escaping @Sendable (Int) -> Void) -> ResponseBody {
        ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(CountingWriter(writer: writer, count: count))
        }
    }
}

private struct CountingWriter: ResponseBodyWriter {
    var writer: any ResponseBodyWriter
    let count: @Sendable (Int) -> Void

    @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
        count(buffer.readableBytes)
        try await writer.write(buffer)
    }

    @concurrent mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
        let buffers = Array(buffers)
        count(buffers.reduce(0) { $0 + $1.readableBytes })
        try await writer.write(contentsOf: buffers)
    }

    @concurrent consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await writer.finish(trailingHeaders)
    }
}
