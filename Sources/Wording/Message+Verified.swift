extension Message {
    /// What was found where everything is sound, and what it is called.
    static let verified: [Message: LocalizedText] = [
        .verifySound: LocalizedText("sound", "klopt"),
        .verifyKey: LocalizedText("key", "sleutel"),
        .verifyEntries: LocalizedText("entries", "gebeurtenissen"),
        .verifyRoot: LocalizedText("root", "wortel"),
        .verifyDigest: LocalizedText("digest", "digest"),
        .verifyErased: LocalizedText("erased", "gewist"),
        .verifyKept: LocalizedText("not erased", "niet gewist"),
        .verifyCheckpoints: LocalizedText("checkpoints", "checkpoints"),
        .verifyFiles: LocalizedText("files", "bestanden"),
        .verifyBeyond: LocalizedText("beyond", "daarbuiten"),
        .verifyExtends: LocalizedText("extends", "vervolgt"),
        .verifyReadModels: LocalizedText("read models", "leesmodellen"),
        .verifyStaged: LocalizedText("staged", "klaargezet"),
        .verifyOutbox: LocalizedText("outbox", "daarnaast"),
        .verifySignatures: LocalizedText("signatures", "handtekeningen"),
        .verifyFuture: LocalizedText("future", "toekomst"),
        .verifyUnverifiable: LocalizedText("unverifiable", "niet na te rekenen"),
        .verifyUnsigned: LocalizedText("unsigned", "niet ondertekend"),
        .verifySigned: LocalizedText("signed", "ondertekend"),
        .replicaOf: LocalizedText("replica of {origin}", "replica van {origin}"),
        .serverOf: LocalizedText("server of {origin}", "server van {origin}"),
        .mirrorOf: LocalizedText("mirror of {origin}", "spiegel van {origin}"),
        .keyGiven: LocalizedText("the one that was given", "die gegeven is"),
        .keyStored: LocalizedText("the one that is stored with it: {key}", "die erbij is opgeslagen: {key}"),
        .allErased: LocalizedText(
            "{count}, each because of a redaction in the log",
            "{count}, elk op grond van een gebeurtenis in het logboek"
        ),
        .keptData: LocalizedText(
            "{count}, each with its data, though a redaction is about it",
            "{count}, elk met de gegevens nog, al waren die te wissen"
        ),
        .checkpointsSigned: LocalizedText(
            "{count}, each signed for these entries",
            "{count}, elk getekend voor deze gebeurtenissen"
        ),
        .filesBeyond: LocalizedText(
            "{count} not covered by the checkpoint yet",
            "{count} waar het checkpoint nog niet over gaat"
        ),
        .extendsGiven: LocalizedText(
            "the checkpoint of size {size} that was given",
            "het gegeven checkpoint van omvang {size}"
        ),
        .modelsSound: LocalizedText("as the entries make them", "zoals de gebeurtenissen ze maken"),
        .modelsMissing: LocalizedText(
            "none; they are made when they are needed",
            "geen; ze worden gemaakt als ze nodig zijn"
        ),
        .modelsBehind: LocalizedText(
            "not compared: entries were erased since; the next command brings them up to date",
            "niet vergeleken: er zijn sindsdien gebeurtenissen gewist; de volgende opdracht werkt ze bij"
        ),
        .modelsUnused: LocalizedText(
            "of another version; they are made anew when they are needed",
            "van een andere versie; ze worden opnieuw gemaakt als ze nodig zijn"
        ),
        .segmentsStaged: LocalizedText(
            "{count} not covered by a checkpoint yet",
            "{count} waar nog geen checkpoint over gaat"
        ),
        .eventsOutside: LocalizedText("{count} not in the log", "{count} niet in het logboek"),
        .signaturesCount: LocalizedText("{count} of devices", "{count} van apparaten"),
        .timesAhead: LocalizedText(
            "from entry {position} on, recorded times are ahead of this machine's clock",
            "vanaf gebeurtenis {position} liggen tijdstippen voor op de klok van deze machine"
        ),
        .signaturesWithoutKeys: LocalizedText(
            "{count} of devices whose keys were erased",
            "{count} van apparaten waarvan de sleutel gewist is"
        ),
        .unsignedOfDevice: LocalizedText(
            "{count} of {device}, from entry {position}, {since}",
            "{count} van {device}, vanaf gebeurtenis {position}, {since}"
        ),
        .unsignedWithoutKey: LocalizedText(
            "{count} of {device}, without a key, from entry {position}, {since}",
            "{count} van {device}, zonder sleutel, vanaf gebeurtenis {position}, {since}"
        ),
        .cosignedBy: LocalizedText("{time} by {name}", "{time} door {name}"),
        .entriesOfLog: LocalizedText("{count} entries of {origin}", "{count} gebeurtenissen van {origin}"),
        .snapshotOfEntries: LocalizedText("these very entries", "precies deze gebeurtenissen"),
        .snapshotReplayed: LocalizedText("made of exactly these entries", "gemaakt uit precies deze gebeurtenissen"),
        .snapshotAsSaid: LocalizedText(
            "as its manifest says; --replay proves what is in it",
            "zoals zijn manifest zegt; --replay bewijst wat erin staat"
        ),
        .subjectCount: LocalizedText("subjects", "onderwerpen"),
    ]
}
