#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Who started this process and waits for news of it: systemd, by a datagram to the socket that it named (sd_notify(3)).
///
/// Nobody where there is no such socket. News that cannot be delivered is not repeated: the next one says more.
package struct ServiceManager: Sendable {
    /// What a service manager is told.
    enum News: String {
        /// Requests are served.
        case ready = "READY=1"
        /// The server has been told to stop, and does.
        case stopping = "STOPPING=1"
        /// Every part that serves requests has answered a moment ago.
        case alive = "WATCHDOG=1"
    }

    /// The path of a socket; with `@` first, its name in the abstract namespace.
    private let socket: String?
    /// How long the manager waits for a sign of life before it takes the process to hang; nil when it does not wait.
    let watchdogTimeout: Duration?

    /// - Parameter variables: the process's environment.
    package init(environment variables: [String: String]) {
        socket = variables["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        // Of another process, when it was this one that started it.
        let isOthers = variables["WATCHDOG_PID"].map { $0 != "\(getpid())" } ?? false
        watchdogTimeout = isOthers ? nil : variables["WATCHDOG_USEC"].flatMap(Int64.init).map { .microseconds($0) }
    }

    func notify(_ news: News) { send(news.rawValue) }

    /// Says that what the process was told to read again is being read; `ready` ends it.
    func notifyReloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)")
    }

    private func send(_ text: String) {
        #if os(Linux)
            guard let socket else { return }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var name = Array(socket.utf8)
            if name[0] == UInt8(ascii: "@") { name[0] = 0 }
            guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            // An abstract name ends where its length says; a path, with a zero.
            let length = MemoryLayout<sa_family_t>.size + name.count + (name[0] == 0 ? 0 : 1)
            let bytes = Array(text.utf8)
            withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
                }
            }
        #endif
    }
}
