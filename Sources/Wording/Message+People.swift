extension Message {
    /// What is said of members, and of tables of what happened.
    static let people: [Message: LocalizedText] = [
        .nothingToErase: LocalizedText("there is nothing to erase", "er is niets te wissen"),
        .theServer: LocalizedText("the server", "de server"),
        .memberOnDevice: LocalizedText("{member} on {device}", "{member} op {device}"),
        .memberLeft: LocalizedText("left", "vertrokken"),
        .roleSince: LocalizedText(
            "{role} since {time}, by {author} (entry {position})",
            "{role} sinds {time}, door {author} (gebeurtenis {position})"
        ),
        .invitedBy: LocalizedText("invited by {author}", "uitgenodigd door {author}"),
        .memberDevice: LocalizedText("device: {device}", "apparaat: {device}"),
        .memberDeviceRevoked: LocalizedText(
            "device, access taken away: {device}",
            "apparaat, toegang ontnomen: {device}"
        ),
        .deviceContinues: LocalizedText("continues {device}", "zet {device} voort"),
        .deviceNeverSeen: LocalizedText("never", "nooit"),
        .deviceHas: LocalizedText("{count} entries", "{count} gebeurtenissen"),
        .deviceRevoked: LocalizedText("revoked", "toegang ontnomen"),
        .deviceUntil: LocalizedText("until {day}", "tot en met {day}"),
        .deviceReadsPublic: LocalizedText("public only", "alleen wat openbaar is"),
        .personWrote: LocalizedText("wrote ({count}):", "schreef ({count}):"),
        .personNamed: LocalizedText("named in ({count}):", "genoemd in ({count}):"),
        .tableEntry: LocalizedText("entry", "gebeurtenis"),
        .tableTime: LocalizedText("committed", "in het logboek sinds"),
        .tablePerson: LocalizedText("person", "persoon"),
        .tableDevice: LocalizedText("device", "apparaat"),
        .tableSubject: LocalizedText("about", "waarover"),
        .tableWhat: LocalizedText("what happened", "wat er gebeurde"),
        .tableField: LocalizedText("field", "veld"),
        .tableBefore: LocalizedText("before", "voor"),
        .tableAfter: LocalizedText("after", "na"),
        .tableRemark: LocalizedText("remark", "opmerking"),
        .inConflict: LocalizedText("in conflict", "in conflict"),
        .conflictsOfSubject: LocalizedText(
            "In conflict; {command} shows the values.",
            "In conflict; {command} toont de waarden."
        ),
        .conflictsCameOne: LocalizedText(
            "1 field is in conflict since this sync: {fields}; ambit conflicts shows the values",
            "1 veld is sinds deze sync in conflict: {fields}; ambit conflicts toont de waarden"
        ),
        .conflictsCameMany: LocalizedText(
            "{count} fields are in conflict since this sync: {fields}; ambit conflicts shows the values",
            "{count} velden zijn sinds deze sync in conflict: {fields}; ambit conflicts toont de waarden"
        ),
        .doubt: LocalizedText("Is this right? {doubt}", "Klopt dit? {doubt}"),
        .undoTakesBack: LocalizedText("If not: ambit undo takes it back.", "Zo niet: ambit undo neemt het terug."),
        .doubtFuture: LocalizedText(
            "\"{field}\" is {day}, a day that has not come yet.",
            "\"{field}\" is {day}, een dag die nog moet komen."
        ),
        .doubtFarFuture: LocalizedText(
            "\"{field}\" is {day}, decades from now.",
            "\"{field}\" is {day}, tientallen jaren vooruit."
        ),
        .doubtNegative: LocalizedText(
            "\"{field}\" is {number}, less than nothing.",
            "\"{field}\" is {number}, minder dan niets."
        ),
        .doubtExchanged: LocalizedText(
            "Latitude and longitude seem to stand in each other's place.",
            "Breedtegraad en lengtegraad lijken verwisseld."
        ),
        .doubtFarAway: LocalizedText(
            "The place is {number} km from the nearest other one of the agenda.",
            "De plaats ligt {number} km van de dichtstbijzijnde andere van de agenda."
        ),
        .doubtTwice: LocalizedText(
            "The same value of the same day has been recorded before.",
            "Dezelfde waarde van dezelfde dag is al eerder vastgelegd."
        ),
        .doubtForNothing: LocalizedText(
            "It counts for no target: neither its ambition nor one that its project serves has one for {indicator}.",
            "Ze telt voor geen doel: de ambitie, of een waaraan het project bijdraagt, heeft er geen voor {indicator}."
        ),
        .proven: LocalizedText("proven", "bewezen"),
        .provenIn: LocalizedText("in", "in"),
        .provenRecorded: LocalizedText("recorded", "vastgelegd"),
        .provenCosigned: LocalizedText("cosigned", "medeondertekend"),
        .provenSays: LocalizedText("says", "zegt"),
        .provenBy: LocalizedText("by", "door"),
        .moreDoubts: LocalizedText(
            "and {count} more of what is unlikely",
            "en nog {count} van wat onwaarschijnlijk is"
        ),
        .provenSigned: LocalizedText("signed by", "ondertekend door"),
        .proofSigned: LocalizedText(
            "The file holds the signature of the device that recorded it.",
            "Het bestand heeft de handtekening van het apparaat dat dit vastlegde."
        ),
        .proofUnsigned: LocalizedText(
            "The device that recorded it has not signed it: the file shows that the log has it, not who wrote it.",
            "Het apparaat dat dit vastlegde heeft het niet ondertekend: het bestand toont dat het in het logboek staat, niet wie het schreef."
        ),
        .historyOf: LocalizedText("What happened in {agenda}", "Wat er gebeurde in {agenda}"),
    ]
}
