internal import HummingbirdTLS
internal import NIOSSL

extension TLSConfiguration {
    /// The configuration of a server with this certificate.
    ///
    /// - Throws: `ServerError` that names the file that cannot be used.
    init(files: ServerOptions.TLSFiles) throws {
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
        self = .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        minimumTLSVersion = .tlsv12
        do { _ = try NIOSSLContext(configuration: self) } catch {
            throw ServerError("The TLS key \(files.key) does not belong to the certificate \(files.certificate).")
        }
    }
}
