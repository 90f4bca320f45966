internal import AgendaModel
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The certificate that a server shows, which may be renewed while it serves.
///
/// Connections keep what they began with; those that begin afterwards are shown the new one.
final class ServerCertificate: Sendable {
    private struct Loaded: Sendable {
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
    }

    /// Read by every handshake, replaced by `load`.
    private let loaded: Mutex<Loaded>

    /// - Throws: `ServerError` that names the file that cannot be used.
    init(_ files: ServerOptions.TLSFiles) throws {
        loaded = Mutex(try Self.read(files))
    }

    /// Takes the place of what is shown by what the files hold now; where they cannot be used, nothing changes.
    ///
    /// - Throws: `ServerError` that names the file that cannot be used.
    func load(_ files: ServerOptions.TLSFiles) throws {
        let new = try Self.read(files)
        loaded.withLock { $0 = new }
    }

    /// Until when it is good.
    var expiry: Timestamp? {
        guard let first = loaded.withLock({ $0.chain.first }) else { return nil }
        return Timestamp(millisecondsSince1970: Int(first.notValidAfter) * 1000)
    }

    /// The configuration of a server that shows the certificate.
    var configuration: TLSConfiguration {
        let current = loaded.withLock { $0 }
        var configuration = Self.configuration(of: current)
        configuration.sslContextCallback = { [self] _, promise in
            let current = loaded.withLock { $0 }
            var shown = NIOSSLContextConfigurationOverride()
            shown.certificateChain = current.chain.map { .certificate($0) }
            shown.privateKey = .privateKey(current.key)
            promise.succeed(shown)
        }
        return configuration
    }

    private static func configuration(of loaded: Loaded) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: loaded.chain.map { .certificate($0) },
            privateKey: .privateKey(loaded.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // RFC 8446, section 6.1: nobody has to wait for the other side's end. It would keep a place, and be read, meanwhile.
        configuration.shutdownTimeout = .zero
        return configuration
    }

    private static func read(_ files: ServerOptions.TLSFiles) throws -> Loaded {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        } catch {
            throw ServerError(
                "The TLS certificate \(files.certificate) cannot be read as PEM: check the path, who may read it, and"
                    + " that it begins with the server's own certificate."
            )
        }
        guard !chain.isEmpty else {
            throw ServerError("The file \(files.certificate) has no TLS certificate in it.")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw ServerError(
                "The TLS key \(files.key) cannot be read as PEM without a passphrase: check the path and who may read it."
            )
        }
        let loaded = Loaded(chain: chain, key: key)
        do { _ = try NIOSSLContext(configuration: configuration(of: loaded)) } catch {
            throw ServerError("The TLS key \(files.key) does not belong to the certificate \(files.certificate).")
        }
        return loaded
    }
}
