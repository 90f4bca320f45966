// Ambitions, offers and asks.

extension Catalogue {
    static let ambitionKinds: [Kind] = [
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
