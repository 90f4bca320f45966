internal import Foundation
internal import NIOCore

extension ServerError {
    /// That nobody can listen on an address, and why.
    ///
    /// - Parameters:
    ///   - error: what listening threw; nil comes of anything else.
    ///   - address: `host:port`.
    package init?(listening error: any Error, on address: String) {
        switch error {
        case is SocketAddressError.UnknownHost:
            self.init("Ambit cannot listen on \(address): that name has no address here. Choose another one.")
        case let error as IOError where error.errnoCode == EADDRINUSE:
            self.init(
                "Ambit cannot listen on \(address): another program does so already. Choose another address or port."
            )
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            self.init("Ambit cannot listen on \(address): this machine does not have that address. Choose another one.")
        case let error as IOError where error.errnoCode == EACCES:
            self.init("Ambit cannot listen on \(address): this user may not. Choose a port from 1024 on.")
        case let error as IOError:
            let reason = String(cString: strerror(error.errnoCode))
            self.init("Ambit cannot listen on \(address) (\(reason)). Choose another address or port.")
        default: return nil
        }
    }
}
