// The agenda and what it speaks of.

extension Catalogue {
    static let agendaKinds: [Kind] = [
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
