internal import Foundation
internal import Synchronization
internal import Testing

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A socket that gives every connection the same bytes, whatever it asks.
package final class CannedServer: Sendable {
    package let port: UInt16
    private let descriptor: Int32
    private let accepted = Mutex(0)

    /// How many connections there were.
    package var connections: Int { accepted.withLock { $0 } }

    /// - Parameters:
    ///   - answer: for every request.
    ///   - drip: sent again and again after it, until the other side has had enough.
    /// - Throws: when there is no socket to be had.
    package init(_ answer: String, drip: String? = nil) throws {
        #if canImport(Darwin)
            let stream = SOCK_STREAM
        #else
            let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(bound)
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                accepted.withLock { $0 += 1 }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                _ = recv(connection, &buffer, buffer.count, 0)
                let bytes = Array(answer.utf8)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                if let drip = drip.map({ Array($0.utf8) }) {
                    while send(connection, drip, drip.count, Int32(MSG_NOSIGNAL)) > 0 { usleep(5_000) }
                }
                shutdown(connection, Int32(SHUT_RDWR))
                close(connection)
            }
        }
    }

    /// An address on this server, or, with `closed`, one where nobody listens any more.
    package func url(closed: Bool = false) -> String {
        if closed { stop() }
        return "http://127.0.0.1:\(port)/agendas/assen"
    }

    package func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
