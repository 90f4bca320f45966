import EventLog
import EventLogSQLite
import Foundation
import LogClient
import SyncServer

extension ServeConfiguration {
    /// The server that the settings describe; its witnesses are not in it yet.
    ///
    /// - Throws: `Failure` for a value that is none of its setting, with its place.
    func serverOptions() throws -> ServerOptions {
        var options = ServerOptions()
        guard let listen = self[.listen], let address = try? ListenAddress.parse(listen) else {
            throw refuse(.listen, "takes host:port, such as 127.0.0.1:8080")
        }
        (options.host, options.port) = address
        switch (self[.tlsCertificate], self[.tlsKey]) {
        case (let certificate?, let key?): options.tls = .init(certificate: certificate, key: key)
        case (nil, nil): break
        default: throw Failure.usage("--tls-certificate and --tls-key go together.")
        }
        options.takesPushes = try !flag(.noPushes)
        options.acceptsClock = try flag(.acceptClock)
        guard let seen = self[.seen].flatMap(SeenDurability.init(rawValue:)) else {
            throw refuse(.seen, "takes second or sync")
        }
        options.syncsSeen = seen == .sync
        for text in self[all: .rate] {
            do {
                try RateSetting(argument: text).apply(to: &options.rates)
            } catch {
                throw refuse(.rate, "\(error)")
            }
        }
        options.trustedProxies = self[all: .trustedProxy]
        if let wrong = options.trustedProxies.first(where: { !ServerOptions.isAddress($0) }) {
            throw refuse(.trustedProxy, "takes an IP address, which \(wrong) is not")
        }
        guard let count = self[.followersEach].flatMap({ Int($0) }), count >= 0 else {
            throw refuse(.followersEach, "takes a number, 0 or more")
        }
        options.capacity.followersEach = count
        guard let name = self[.timeZone], let zone = TimeZone(identifier: name) else {
            throw refuse(.timeZone, "takes a name of the IANA time zone database, such as Europe/Amsterdam")
        }
        options.timeZone = zone
        if let path = self[.pageStyle] {
            options.pageStyle = try InputFile.readText(path)
            guard options.pageStyle.count <= ServerOptions.maximumPageStyle else {
                throw refuse(.pageStyle, "takes a file of at most \(ServerOptions.maximumPageStyle) bytes")
            }
        }
        options.contact = OperatorContact(
            name: self[.contactName],
            email: self[.contactEmail],
            url: self[.contactURL]
        )
        if let email = self[.contactEmail], email.split(separator: "@", omittingEmptySubsequences: false).count != 2 {
            throw refuse(.contactEmail, "takes a mail address")
        }
        if let url = self[.contactURL], !["https", "http"].contains(URL(string: url)?.scheme ?? "") {
            throw refuse(.contactURL, "takes the address of a page, such as https://agenda.example/contact")
        }
        if let path = self[.metricsToken] {
            var token = try TokenFile.read(path)
            options.metricsToken = token.withUTF8 { Hash.sha256($0) }
        }
        return options
    }

    /// The database that holds the logs; nil for the data folder.
    func store() throws -> StoreAddress? {
        guard let text = self[.store] else { return nil }
        guard let address = StoreAddress(argument: text) else { throw refuse(.store, "takes \(StoreAddress.form)") }
        return address
    }

    /// Who is asked to cosign.
    func witnesses() throws -> [WitnessSetting] {
        try self[all: .witness].map { text in
            do { return try WitnessSetting(argument: text) } catch { throw refuse(.witness, "\(error)") }
        }
    }

    var logLevel: LogLevel {
        get throws {
            guard let level = self[.logLevel].flatMap(LogLevel.init(rawValue:)) else {
                throw refuse(.logLevel, "takes one of \(LogLevel.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return level
        }
    }

    var logFormat: LogFormat {
        get throws {
            guard let format = self[.logFormat].flatMap(LogFormat.init(rawValue:)) else {
                throw refuse(.logFormat, "takes text or json")
            }
            return format
        }
    }

    /// Where backups go, how often, and which are kept; nil where none are made.
    func backups() throws -> (folder: BackupFolder, every: Duration, retention: BackupRetention)? {
        guard let every = self[.every].flatMap(Self.duration) else {
            throw refuse(.every, "takes a number and s, m, h or d, such as 1h")
        }
        guard let retention = self[.keep].flatMap(BackupRetention.init) else {
            throw refuse(.keep, "takes a list such as 24h,30d, with m, h, d and w")
        }
        return self[.backup].map { (BackupFolder(at: $0), every, retention) }
    }

    private func flag(_ setting: ServeSetting) throws -> Bool {
        switch self[setting] {
        case "true": return true
        case "false": return false
        default: throw refuse(setting, "takes true or false")
        }
    }

    private static func duration(_ text: String) -> Duration? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...10_000).contains(count)
        else { return nil }
        return .seconds(count * unit)
    }
}
