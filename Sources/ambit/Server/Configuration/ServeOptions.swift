import ArgumentParser

/// The options of `ambit serve`; what is not given comes from elsewhere, see `ServeConfiguration`.
struct ServeOptions: ParsableArguments {
    @Option(
        help: .told(
            "A file with settings in TOML, each by the name of its option; AMBIT_CONFIG names it too.",
            discussion: "An option comes before a variable (AMBIT_LISTEN for --listen), a variable before the file.",
            valueName: "file"
        )
    )
    var config: String?

    @Option(help: .told("The server's data folder.", valueName: "dir"))
    var data: String?

    @Option(
        help: .told(
            "Keep the logs in this database, which other servers may share; keys and notes stay in the data folder.",
            discussion: "AMBIT_STORE or the file of settings keep a password out of the list of processes.",
            valueName: "postgresql://…"
        )
    )
    var store: String?

    @Option(
        help: .told("The address; port 0 is any free one. (default: 127.0.0.1:8080)", valueName: "host:port")
    )
    var listen: String?

    @Option(help: .told("Serve over TLS with this PEM certificate chain.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: .told("The certificate's PEM private key.", valueName: "file"))
    var tlsKey: String?

    @Option(help: .told("What is logged to standard error: everything from this level on. (default: notice)"))
    var logLevel: LogLevel?

    @Option(help: .told("The form of the log. (default: text)", valueName: "text|json"))
    var logFormat: LogFormat?

    @Option(
        help: .told(
            "A file with the token that lets whoever reads /metrics see the names of all agendas.",
            valueName: "file"
        )
    )
    var metricsToken: String?

    @Option(
        help: .told("Write backups of all agendas into this folder, and check each of them.", valueName: "dir")
    )
    var backup: String?

    @Option(
        help: .told("How often a backup is made: a number and s, m, h or d. (default: 1h)", valueName: "time")
    )
    var every: String?

    @Option(
        help: .told(
            "Which backups are kept: one of each of the last 24 hours that have any, and so on, with m, h, d and w. (default: 24h,30d)",
            valueName: "24h,30d"
        )
    )
    var keep: String?

    @Flag(help: .told("Serve reading and ambit heal only, whatever state the logs are in."))
    var noPushes = false

    @Option(
        help: .told(
            "How often one device, or without a token one address, may ask: CLASS=PER_SECOND/BURST, or CLASS=off.",
            discussion: """
                Classes: push, read, administration (of a device), push-events, push-bytes (of a member), enrolment, failure, \
                public-read, operations, unknown-path, public-bytes (of an address), or all. May be given several times; what is \
                not named keeps its rate.
                """,
            valueName: "rate"
        )
    )
    var rate: [String] = []

    @Option(
        help: .told(
            "The address of a proxy in front, whose X-Forwarded-For is believed; may be given several times.",
            valueName: "address"
        )
    )
    var trustedProxy: [String] = []

    @Option(
        help: .told(
            "A witness that is asked to cosign every checkpoint: its verifier key, =, its address. May be given several times.",
            valueName: "key=url"
        )
    )
    var witness: [String] = []

    @Option(
        help: .told(
            "How many live streams and waiting pulls one member may have at once, or without a token one address. (default: 64)",
            valueName: "count"
        )
    )
    var followersEach: Int?

    @Option(
        help: .told(
            "In which days and times are told on public pages. (default: Europe/Amsterdam)",
            valueName: "IANA name"
        )
    )
    var timeZone: String?

    @Option(
        help: .told(
            "Style sheet (CSS) that is added to the one of public pages, for a city's own colours and type.",
            valueName: "file"
        )
    )
    var pageStyle: String?

    @Option(
        help: .told(
            "Whom to ask about this server, for the contract that it gives (openapi.json): a name.",
            valueName: "name"
        )
    )
    var contactName: String?

    @Option(help: .told("The same: a mail address.", valueName: "address"))
    var contactEmail: String?

    @Option(name: .customLong("contact-url"), help: .told("The same: the address of a page.", valueName: "url"))
    var contactURL: String?

    @Option(
        help: .told(
            "When the note of how much of a log has been shown is safe from a power cut. (default: second)",
            discussion:
                "second: within one. sync: before anybody is shown it, one sync of the disk more for each commit.",
            valueName: "second|sync"
        )
    )
    var seen: SeenDurability?

    @Flag(
        help: .told(
            "Record entries though this machine's clock cannot be right by what the log and the laptops say.",
            discussion:
                "The clock is right, or the log holds a time from the future already: new entries get that time then."
        )
    )
    var acceptClock = false

    /// What was given, as texts.
    var given: [ServeSetting: [String]] {
        var given: [ServeSetting: [String]] = [:]
        func one(_ setting: ServeSetting, _ text: String?) { if let text { given[setting] = [text] } }
        one(.data, data)
        one(.store, store)
        one(.listen, listen)
        one(.tlsCertificate, tlsCertificate)
        one(.tlsKey, tlsKey)
        one(.logLevel, logLevel?.rawValue)
        one(.logFormat, logFormat?.rawValue)
        one(.metricsToken, metricsToken)
        one(.backup, backup)
        one(.every, every)
        one(.keep, keep)
        one(.followersEach, followersEach.map { "\($0)" })
        one(.timeZone, timeZone)
        one(.pageStyle, pageStyle)
        one(.contactName, contactName)
        one(.contactEmail, contactEmail)
        one(.contactURL, contactURL)
        one(.seen, seen?.rawValue)
        one(.noPushes, noPushes ? "true" : nil)
        one(.acceptClock, acceptClock ? "true" : nil)
        for (setting, list) in [(ServeSetting.rate, rate), (.trustedProxy, trustedProxy), (.witness, witness)]
        where !list.isEmpty { given[setting] = list }
        return given
    }
}

/// The forms of the server's log.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// When the note of what has been shown is safe from a power cut.
enum SeenDurability: String, CaseIterable, ExpressibleByArgument {
    case second, sync
}
