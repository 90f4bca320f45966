// Projects and what is recorded of them.

extension Catalogue {
    static let projectKinds: [Kind] = [
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
                .verb("revised", "Its text changed.", must: ["text"], writers: author),
                .verb(
                    "retracted",
                    "Its author took it back.",
                    must: ["retracted"],
                    narrowings: ["retracted": .onlyTrue],
                    writers: author
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
