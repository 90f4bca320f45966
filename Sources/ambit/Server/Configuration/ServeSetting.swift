/// What can be set for `ambit serve`: as an option, as a variable of the environment, in a file.
enum ServeSetting: String, CaseIterable {
    case data
    case store
    case listen
    case tlsCertificate = "tls-certificate"
    case tlsKey = "tls-key"
    case trustedProxy = "trusted-proxy"
    case logLevel = "log-level"
    case logFormat = "log-format"
    case metricsToken = "metrics-token"
    case backup
    case every
    case keep
    case rate
    case followersEach = "followers-each"
    case witness
    case timeZone = "time-zone"
    case pageStyle = "page-style"
    case contactName = "contact-name"
    case contactEmail = "contact-email"
    case contactURL = "contact-url"
    case seen
    case noPushes = "no-pushes"
    case acceptClock = "accept-clock"

    /// The name of the variable, as `AMBIT_LOG_LEVEL`.
    var variable: String { "AMBIT_" + rawValue.uppercased().replacing("-", with: "_") }

    /// Whether it may have several values: in a variable, white space is between them.
    var isList: Bool { self == .rate || self == .trustedProxy || self == .witness }

    /// Whether it is `true` or `false`.
    var isFlag: Bool { self == .noPushes || self == .acceptClock }

    /// Whether a server that runs takes a new value over when it is told to (SIGHUP).
    var isReloaded: Bool {
        switch self {
        case .tlsCertificate, .tlsKey, .logLevel, .metricsToken, .rate, .noPushes: true
        default: false
        }
    }

    /// What holds where nobody has said anything; nil for nothing.
    var usual: String? {
        switch self {
        case .listen: "127.0.0.1:8080"
        case .logLevel: "notice"
        case .logFormat: "text"
        case .every: "1h"
        case .keep: "24h,30d"
        case .timeZone: "Europe/Amsterdam"
        case .seen: "second"
        case .followersEach: "64"
        case .noPushes, .acceptClock: "false"
        case .data, .store, .tlsCertificate, .tlsKey, .trustedProxy, .metricsToken, .backup, .rate, .witness,
            .pageStyle, .contactName, .contactEmail, .contactURL:
            nil
        }
    }
}
