extension Catalogue {
    static let allKinds = agendaKinds + ambitionKinds + projectKinds + accessKinds

    private static let recorder = Writers(role: .recorder)
    private static let editor = Writers(role: .editor)
    private static let admin = Writers(role: .admin)
    private static let adminOrServer = Writers(role: .admin, server: true)
}

// MARK: - The agenda and what it speaks of

extension Catalogue {
    private static let agendaKinds: [Kind] = [
        kind(
            "agenda",
            admin,
            hasGivenNames: true,
            fields: [
                .required("title", .string, "What the agenda is called."),
                .field("region", .string, "The city or region that it is about."),
                .field("vision", .string, "What the region wants to be, in a few sentences."),
                .field("from", .date, "First day of the period that it covers."),
                .field("to", .date, "Last day of the period that it covers."),
            ],
            verbs: [
                .creating(
                    "founded",
                    "The agenda began.",
                    may: ["region", "vision", "from", "to"],
                    writers: adminOrServer
                ),
                .verb("revised", "Its description changed.", may: ["title", "region", "vision", "from", "to"]),
            ]
        ),
        kind(
            "theme",
            editor,
            fields: [
                .required("title", .string, "What the theme is called."),
                .field("summary", .string, "What it is about, in a few sentences."),
                .field("order", .integer, "Its place among the themes, lowest first."),
                .field("status", .oneOf(["open", "closed"]), "Whether work on it goes on."),
            ],
            verbs: [
                .creating(
                    "opened",
                    "A theme was added to the agenda.",
                    may: ["summary", "order", "status"],
                    narrowings: ["status": .only("open")]
                ),
                .verb("revised", "Its description changed.", may: ["title", "summary", "order"]),
                .verb(
                    "closed",
                    "Work on it ended.",
                    must: ["status"],
                    narrowings: ["status": .only("closed")]
                ),
            ]
        ),
        kind(
            "organisation",
            recorder,
            fields: [
                .required("name", .string, "The organisation's name."),
                .field(
                    "sort",
                    .oneOf(["municipality", "state", "care", "education", "company", "coalition", "other"]),
                    "What sort of organisation it is."
                ),
                .field("website", .string, "Its address on the web."),
            ],
            verbs: [
                .creating("registered", "An organisation became known to the agenda.", may: ["sort", "website"]),
                .verb("revised", "Its description changed.", may: ["name", "sort", "website"]),
            ]
        ),
        kind(
            "indicator",
            editor,
            fields: [
                .required("name", .string, "What is counted or measured."),
                .required("unit", .string, "The unit of its values, for example `jobs`."),
                .required(
                    "aggregation",
                    .oneOf(["sum", "latest"]),
                    "How measurements add up to progress: their sum, or the latest one."
                ),
            ],
            verbs: [
                .creating("defined", "An indicator was agreed upon.", may: []),
                .verb("revised", "Its definition changed.", may: ["name", "unit", "aggregation"]),
            ]
        ),
    ]
}

// MARK: - Ambitions, offers and asks

extension Catalogue {
    private static let ambitionKinds: [Kind] = [
        kind(
            "ambition",
            editor,
            fields: [
                .required("theme", .reference(kind: "theme"), "The theme that it belongs to."),
                .required("title", .string, "The ambition in a few words."),
                .field("statement", .string, "The ambition in full."),
                .field("status", .oneOf(["proposed", "adopted", "achieved", "withdrawn"]), "How far it has come."),
                .field("horizon", .date, "The day by which it should be achieved."),
                .reason,
                .field(
                    "targets",
                    .map(
                        key: "indicator",
                        value: .object([
                            .field("quantity", .number, "The value to reach, in the indicator's unit."),
                            .field("due", .date, "The day by which to reach it."),
                        ])
                    ),
                    "What is to be reached, by indicator."
                ),
            ],
            verbs: [
                .creating(
                    "proposed",
                    "An ambition was put forward.",
                    may: ["statement", "status", "horizon", "targets"],
                    narrowings: ["status": .only("proposed")]
                ),
                .verb("revised", "Its description changed.", may: ["theme", "title", "statement", "horizon"]),
                .verb(
                    "adopted",
                    "It became an ambition of the agenda.",
                    must: ["status"],
                    may: ["reason"],
                    narrowings: ["status": .only("adopted")]
                ),
                .verb("targeted", "Targets were set, changed or removed.", must: ["targets"], may: ["reason"]),
                .verb(
                    "achieved",
                    "It was reached.",
                    must: ["status"],
                    may: ["reason"],
                    narrowings: ["status": .only("achieved")]
                ),
                .verb(
                    "withdrawn",
                    "It was given up.",
                    must: ["status"],
                    may: ["reason"],
                    narrowings: ["status": .only("withdrawn")]
                ),
            ]
        ),
        kind(
            "offer",
            editor,
            fields: [
                .required("theme", .reference(kind: "theme"), "The theme that it belongs to."),
                .field("ambition", .reference(kind: "ambition"), "The ambition that it serves."),
                .required("title", .string, "What the region offers."),
                .field("status", .oneOf(["made", "fulfilled", "withdrawn"]), "What became of it."),
                .reason,
            ],
            verbs: [
                .creating(
                    "made",
                    "The region offered something.",
                    may: ["ambition", "status"],
                    narrowings: ["status": .only("made")]
                ),
                .verb("revised", "Its description changed.", may: ["theme", "ambition", "title"]),
                .verb(
                    "fulfilled",
                    "What was offered has been done.",
                    must: ["status"],
                    may: ["reason"],
                    narrowings: ["status": .only("fulfilled")]
                ),
                .verb(
                    "withdrawn",
                    "The offer no longer stands.",
                    must: ["status"],
                    may: ["reason"],
                    narrowings: ["status": .only("withdrawn")]
                ),
            ]
        ),
        kind(
            "ask",
            editor,
            fields: [
                .required("theme", .reference(kind: "theme"), "The theme that it belongs to."),
                .field("ambition", .reference(kind: "ambition"), "The ambition that it serves."),
                .required("title", .string, "What the region asks for."),
                .field("addressee", .reference(kind: "organisation"), "Whom it is asked of."),
                .field(
                    "status",
                    .oneOf(["raised", "granted", "partly-granted", "declined", "withdrawn"]),
                    "What became of it."
                ),
                .field("answer", .string, "The addressee's answer in words."),
                .reason,
            ],
            verbs: [
                .creating(
                    "raised",
                    "The region asked for something.",
                    may: ["ambition", "addressee", "status"],
                    narrowings: ["status": .only("raised")]
                ),
                .verb("revised", "Its description changed.", may: ["theme", "ambition", "title", "addressee"]),
                .verb(
                    "answered",
                    "The addressee answered.",
                    must: ["status"],
                    may: ["answer", "reason"],
                    narrowings: ["status": .only("granted", "partly-granted", "declined")]
                ),
                .verb(
                    "withdrawn",
                    "The region no longer asks for it.",
                    must: ["status"],
                    may: ["reason"],
                    narrowings: ["status": .only("withdrawn")]
                ),
            ]
        ),
    ]
}

// MARK: - Projects and what is recorded of them

extension Catalogue {
    private static let projectKinds: [Kind] = [
        kind("project", recorder, fields: projectFields, verbs: projectVerbs),
        kind(
            "milestone",
            recorder,
            fields: [
                .required("project", .reference(kind: "project"), "The project that it is part of."),
                .required("title", .string, "What is to be reached."),
                .required("due", .date, "The day on which it is expected."),
                .field("reached", .date, "The day on which it was reached."),
                .field("dropped", .boolean, "Whether it was given up."),
                .reason,
            ],
            verbs: [
                .creating("planned", "A milestone was planned.", may: []),
                .verb("revised", "Its description changed.", may: ["project", "title"]),
                .verb("moved", "It is expected on another day.", must: ["due"], may: ["reason"]),
                .verb("reached", "It was reached.", must: ["reached"]),
                .verb(
                    "dropped",
                    "It was given up.",
                    must: ["dropped"],
                    may: ["reason"],
                    narrowings: ["dropped": .onlyTrue]
                ),
            ]
        ),
        kind(
            "measurement",
            recorder,
            fields: [
                .field("project", .reference(kind: "project"), "The project that it was measured on."),
                .field("ambition", .reference(kind: "ambition"), "The ambition that it was measured on."),
                .required("indicator", .reference(kind: "indicator"), "What was measured."),
                .required("value", .number, "The value, in the indicator's unit."),
                .required("on", .date, "The day that the value belongs to."),
                .field("source", .string, "Where the value comes from."),
                .field("voided", .boolean, "Whether it no longer counts."),
                .reason,
            ],
            verbs: [
                .creating("recorded", "A value was measured.", may: ["project", "ambition", "source"]),
                .verb(
                    "corrected",
                    "What was recorded was wrong.",
                    may: ["project", "ambition", "indicator", "value", "on", "source", "reason"]
                ),
                .verb(
                    "voided",
                    "It no longer counts.",
                    must: ["voided"],
                    may: ["reason"],
                    narrowings: ["voided": .onlyTrue]
                ),
            ]
        ),
        kind(
            "note",
            recorder,
            fields: [
                .required("about", .reference(kind: nil), "The subject that it is about."),
                .personal("text", .string, "What somebody wants others to know."),
                .field("retracted", .boolean, "Whether its author took it back."),
            ],
            verbs: [
                .creating("added", "Somebody wrote a note.", may: []),
                .verb("revised", "Its text changed.", must: ["text"]),
                .verb(
                    "retracted",
                    "Its author took it back.",
                    must: ["retracted"],
                    narrowings: ["retracted": .onlyTrue]
                ),
            ]
        ),
    ]

    private static let projectFields: [Field] = [
        .required("title", .string, "What the project is called."),
        .field("summary", .string, "What it does, in a few sentences."),
        .field("theme", .reference(kind: "theme"), "The theme that it belongs to."),
        .field("lead", .reference(kind: "organisation"), "The organisation that leads it."),
        .field(
            "phase",
            .oneOf(["idea", "preparation", "realisation", "completed", "halted"]),
            "How far it has come."
        ),
        .reason,
        .field("start", .date, "The day on which it begins or began."),
        .field("end", .date, "The day on which it ends or ended."),
        .field("budget", .integer, "What it may cost, in euro cents."),
        .field(
            "location",
            .object([
                .field("name", .string, "The place in words."),
                .field("latitude", .number, "Degrees north, WGS 84."),
                .field("longitude", .number, "Degrees east, WGS 84."),
            ]),
            "Where it is."
        ),
        .field("ambitions", .map(key: "ambition", value: .present), "The ambitions that it serves."),
        .field(
            "partners",
            .map(key: "organisation", value: .string),
            "The organisations that take part, each with its role in words."
        ),
    ]

    private static let projectVerbs: [Verb] = [
        .creating(
            "started",
            "A project became part of the agenda.",
            may: [
                "summary", "theme", "lead", "phase", "start", "end", "budget", "location", "ambitions", "partners",
            ],
            narrowings: [
                "phase": .only("idea", "preparation", "realisation"), "ambitions": .adding, "partners": .adding,
            ]
        ),
        .verb(
            "revised",
            "Its description changed.",
            may: ["title", "summary", "theme", "lead", "start", "end", "budget", "location"]
        ),
        .verb(
            "advanced",
            "It entered another phase.",
            must: ["phase"],
            may: ["reason"],
            narrowings: ["phase": .only("idea", "preparation", "realisation")]
        ),
        .verb(
            "halted",
            "Work on it stopped for now.",
            must: ["phase"],
            may: ["reason"],
            narrowings: ["phase": .only("halted")]
        ),
        .verb(
            "resumed",
            "Work on it went on.",
            must: ["phase"],
            may: ["reason"],
            narrowings: ["phase": .only("idea", "preparation", "realisation")]
        ),
        .verb(
            "completed",
            "It was finished.",
            must: ["phase"],
            may: ["reason", "end"],
            narrowings: ["phase": .only("completed")]
        ),
        .verb(
            "linked",
            "It began to serve ambitions.",
            must: ["ambitions"],
            narrowings: ["ambitions": .adding]
        ),
        .verb(
            "unlinked",
            "It no longer serves ambitions.",
            must: ["ambitions"],
            narrowings: ["ambitions": .removing]
        ),
        .verb(
            "partner-joined",
            "Organisations began to take part, or their role changed.",
            must: ["partners"],
            narrowings: ["partners": .adding]
        ),
        .verb(
            "partner-left",
            "Organisations no longer take part.",
            must: ["partners"],
            narrowings: ["partners": .removing]
        ),
    ]
}

// MARK: - Access and redaction

extension Catalogue {
    private static let accessKinds: [Kind] = [
        kind(
            "member",
            adminOrServer,
            hasGivenNames: true,
            fields: [
                .personal("name", .string, "The person's name."),
                .required("role", .oneOf(Role.allCases.map(\.rawValue)), "What the member may do."),
                .field("active", .boolean, "Whether the member still takes part."),
            ],
            verbs: [
                .creating(
                    "joined",
                    "A person became a member.",
                    may: ["active"],
                    narrowings: ["active": .onlyTrue]
                ),
                .verb(
                    "granted",
                    "The member got another role, or takes part again.",
                    must: ["role"],
                    may: ["active"],
                    narrowings: ["active": .onlyTrue]
                ),
                .verb(
                    "left",
                    "The member no longer takes part.",
                    must: ["active"],
                    narrowings: ["active": .onlyFalse]
                ),
            ]
        ),
        kind(
            "device",
            adminOrServer,
            hasGivenNames: true,
            fields: [
                .required("member", .reference(kind: "member"), "The member who uses it."),
                .field("name", .string, "What the device is called."),
                .field("key", .string, "Its Ed25519 public key, base64."),
                .field("revoked", .boolean, "Whether it lost its access."),
                .field("from", .integer, "Lowest counter that the signature covers."),
                .field("through", .integer, "Highest counter that the signature covers."),
                .field("count", .integer, "How many of its entries the signature covers."),
                .field("signature", .string, "Ed25519 signature over the entries' leaf hashes, base64."),
            ],
            verbs: [
                .creating("enrolled", "The device got access.", may: ["name", "key"]),
                .verb(
                    "revoked",
                    "The device lost its access.",
                    must: ["revoked"],
                    narrowings: ["revoked": .onlyTrue]
                ),
                .verb(
                    "signed",
                    "The device vouches for entries of its own.",
                    must: ["from", "through", "count", "signature"],
                    writers: Writers(role: nil, subjectItself: true)
                ),
            ]
        ),
        kind(
            "entry",
            admin,
            hasGivenNames: true,
            fields: [
                .field("redacted", .boolean, "Whether the entry's data was erased."),
                .required("reason", .string, "Why it was erased."),
                .field("basislaw", .string, "The rule of law that asks for it."),
            ],
            verbs: [
                .creating(
                    "redacted",
                    "An entry's data was erased.",
                    may: ["redacted", "basislaw"],
                    narrowings: ["redacted": .onlyTrue]
                )
            ]
        ),
    ]
}
