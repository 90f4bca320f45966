import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import SyncProtocol
import Testing

@testable import SyncServer

/// Connections that take slowly, or not at all, what they are sent; the clock is the test's.
struct ServerSocketStallTests {
    /// Makes bytes of the parts of an answer.
    private final class Encoder: ChannelOutboundHandler {
        typealias OutboundIn = HTTPResponsePart
        typealias OutboundOut = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let bytes = if case .body(let bytes) = unwrapOutboundIn(data) { bytes } else { ByteBuffer() }
            context.write(wrapOutboundOut(bytes), promise: promise)
        }
    }

    /// A connection that is full, with so many bytes waiting to be taken.
    private func fullChannel(_ bytes: Int, isStream: Bool) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let handler = StalledConnectionHandler(deadline: .seconds(60), streamDeadline: .seconds(30)) {}
        try channel.pipeline.syncOperations.addHandlers([Encoder(), handler])
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).wait()
        let type = isStream ? ProtocolConstants.eventStream : ProtocolConstants.members
        let head = HTTPResponse(status: .ok, headerFields: [.contentType: type])
        channel.write(HTTPResponsePart.head(head), promise: nil)
        channel.write(HTTPResponsePart.body(ByteBuffer(repeating: 0, count: bytes)), promise: nil)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        // More may follow in the same batch.
        channel.write(HTTPResponsePart.body(ByteBuffer(repeating: 0, count: 1000)), promise: nil)
        return channel
    }

    @Test("Who takes a little now and then stays connected, who takes nothing does not", arguments: [true, false])
    func slow(isStream: Bool) throws {
        let deadline = isStream ? 30 : 60
        let channel = try fullChannel(100, isStream: isStream)
        for left in (50..<100).reversed() {
            channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(deadline - 2)))
            #expect(channel.isActive)
            // All is taken, and what comes on top is less by one byte than what was there.
            channel.flush()
            channel.write(HTTPResponsePart.body(ByteBuffer(repeating: 0, count: left)), promise: nil)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(deadline - 2)))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(deadline)))
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    @Test("A connection that is not full may wait for what is sent next")
    func roomLeft() throws {
        let channel = try fullChannel(100, isStream: false)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        _ = try? channel.finish()
    }
}
