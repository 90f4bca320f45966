internal import AgendaModel
internal import EventLog
internal import NIOCore
internal import SyncProtocol

/// Server-sent events as Sync.md ("Live") has them.
enum LiveEncoding {
    /// Says that the stream has begun, or is still there.
    static let comment = ByteBuffer(string: ": ambit\n\n")

    /// The beginning of a stream.
    ///
    /// - Parameter retry: the milliseconds that a client should wait before it comes back.
    /// - Returns: the comment and the wish.
    static func opening(retry: Int) -> ByteBuffer { ByteBuffer(string: ": ambit\nretry: \(retry)\n\n") }

    /// An entry; its JSON has no line breaks.
    static func write(_ entry: UnsafeBufferPointer<UInt8>, size: LogSize, to bytes: inout ByteBuffer) {
        bytes.writeStaticString("id: ")
        bytes.writeString(size.description)
        bytes.writeStaticString("\ndata: ")
        bytes.writeBytes(UnsafeRawBufferPointer(entry))
        bytes.writeStaticString("\n\n")
    }

    /// A checkpoint: a `data` line for each line of the note, the empty one after its last newline included.
    static func write(_ checkpoint: SignedCheckpoint, to bytes: inout ByteBuffer) {
        bytes.writeStaticString("event: checkpoint\n")
        for line in checkpoint.note.split(separator: "\n", omittingEmptySubsequences: false) {
            bytes.writeStaticString("data: ")
            bytes.writeString(String(line))
            bytes.writeStaticString("\n")
        }
        bytes.writeStaticString("\n")
    }
}
