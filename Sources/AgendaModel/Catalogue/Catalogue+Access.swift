// Access, redaction, and what a log has lost.

extension Catalogue {
    static let accessKinds: [Kind] = [
        kind(
            "member",
            adminOrServer,
            hasGivenNames: true,
            fields: [
                .personal("name", .string, "The person's name."),
                .required("role", .oneOf(Role.allCases.map(\.rawValue)), "What the member may do."),
                .field("active", .boolean, "Whether the member still takes part."),
                .field("inviter", .reference(kind: "device"), "The device that made the invite."),
            ],
            verbs: [
                .creating(
                    "joined",
                    "A person became a member.",
                    may: ["active", "inviter"],
                    narrowings: ["name": .displayName, "active": .onlyTrue]
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
                .field("continues", .reference(kind: "device"), "The device that it goes on from."),
                .field("expires", .date, "The last day, in UTC, on which it has access."),
                .field("reads", .oneOf(["public"]), "What it may read, where that is not everything."),
                .field("revoked", .boolean, "Whether it lost its access."),
                .field("from", .integer, "Lowest counter that the signature covers."),
                .field("through", .integer, "Highest counter that the signature covers."),
                .field("count", .integer, "How many of its entries the signature covers."),
                .field("signature", .string, "Ed25519 signature over the entries' leaf hashes, base64."),
            ],
            verbs: [
                .creating(
                    "enrolled",
                    "The device got access.",
                    may: ["name", "key", "continues", "expires", "reads"],
                    // The server gives the token: an event by hand gives no access, whatever documents say.
                    writers: Writers(role: nil, server: true)
                ),
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
        kind(
            "loss",
            Writers(role: nil, server: true),
            hasGivenNames: true,
            fields: [
                .required("kept", .integer, "How many entries the log had when it was given up to have lost others."),
                .field("lost", .integer, "How many more it had been known to have."),
            ],
            verbs: [
                .creating(
                    "accepted",
                    "Those who run the server let the log go on without entries that it had lost.",
                    may: ["lost"]
                )
            ]
        ),
    ]
}
