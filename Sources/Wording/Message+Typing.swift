extension Message {
    /// What is said of what people type.
    static let typing: [Message: LocalizedText] = [
        .numberWithTwoReadings: LocalizedText(
            "\"{text}\" may be read as {one} or as {other}. Write the one that you mean.",
            "\"{text}\" is te lezen als {one} of als {other}. Schrijf wat u bedoelt."
        ),
        .numberOfOtherLanguage: LocalizedText(
            "\"{text}\" is not written as a number is in English. If you mean {number}, write {number}.",
            "\"{text}\" is niet geschreven zoals een getal in het Nederlands. Bedoelt u {number}, schrijf dan {number}."
        ),
        .tooManyDigits: LocalizedText(
            "\"{text}\" has more digits than can be kept. Round it first.",
            "\"{text}\" heeft meer cijfers dan er te bewaren zijn. Rond het eerst af."
        ),
        .tooManyDigitsReadAs: LocalizedText(
            "\"{text}\" has more digits than can be kept: it would be read as {number}. Round it first.",
            "\"{text}\" heeft meer cijfers dan er te bewaren zijn: het werd gelezen als {number}. Rond het eerst af."
        ),
        .amountWithoutUnit: LocalizedText(
            "\"{text}\" may be euros or cents. Write \"{text} euro\" or \"{text} cent\".",
            "\"{text}\" kan in euro's of in centen zijn. Schrijf \"{text} euro\" of \"{text} cent\"."
        ),
        .dayWithTwoReadings: LocalizedText(
            "\"{text}\" may be {one} or {other}. Write the one that you mean.",
            "\"{text}\" kan {one} of {other} zijn. Schrijf wat u bedoelt."
        ),
        .dayOfOtherLanguage: LocalizedText(
            "A day is written year first. If you mean {day}, write that instead of \"{text}\".",
            "Een dag is hier met het jaar voorop te schrijven. Bedoelt u {day}, schrijf dat dan in plaats van \"{text}\"."
        ),
        .sizeTaken: LocalizedText(
            "{text} ({zone}) ends after {size} entries",
            "{text} ({zone}) eindigt na {size} gebeurtenissen"
        ),
        .startTaken: LocalizedText(
            "{text} ({zone}) begins after {size} entries",
            "{text} ({zone}) begint na {size} gebeurtenissen"
        ),
        .noState: LocalizedText(
            "\"{text}\" is neither a size, a day such as 2026-03-01, nor a moment such as 2026-03-01T12:00:00Z.",
            "\"{text}\" is geen omvang, geen dag zoals 01-03-2026 en geen tijdstip zoals 2026-03-01T12:00:00Z."
        ),
        .noneFound: LocalizedText("nothing has all of these words", "niets bevat al deze woorden"),
        .recordedNow: LocalizedText("recorded: {event}", "opgeslagen: {event}"),
        .askType: LocalizedText("What (a number, or a type)", "Wat (een nummer, of een type)"),
        .neededHere: LocalizedText("This is needed.", "Dit is nodig."),
        .typeWriters: LocalizedText("written by: {writers}", "vastgelegd door: {writers}"),
        .typeSubject: LocalizedText("subject:    {subject}", "onderwerp:       {subject}"),
        .typeMakesSubject: LocalizedText("made by recording it", "ontstaat door het vast te leggen"),
        .fieldRequired: LocalizedText("required", "verplicht"),
        .fieldPersonal: LocalizedText("personal", "persoonlijk"),
        .fieldRemoved: LocalizedText("(nothing, which removes it)", "(niets, wat het weghaalt)"),
        .writtenByItself: LocalizedText("the device itself", "het apparaat zelf"),
        .writtenForOthers: LocalizedText("{role} for what others wrote", "{role} voor wat anderen schreven"),
        .typesHasAll: LocalizedText("Run ambit types for all of them.", "Met ambit types ziet u ze alle."),
        .unknownType: LocalizedText("There is no type \"{text}\".{near}", "Er is geen type \"{text}\".{near}"),
        .unknownKind: LocalizedText(
            "There is no kind \"{text}\". The kinds are: {kinds}.",
            "Er is geen soort \"{text}\". De soorten zijn: {kinds}."
        ),
        .didYouMean: LocalizedText("Did you mean \"{name}\"?", "Bedoelt u \"{name}\"?"),
        .noPair: LocalizedText(
            "\"{text}\" is not of the form key=value.",
            "\"{text}\" heeft niet de vorm veld=waarde."
        ),
        .fieldTwice: LocalizedText("The field \"{field}\" is given twice.", "Het veld \"{field}\" staat er twee keer."),
        .noField: LocalizedText(
            "{type} has no field \"{field}\".{near} It takes: {fields}.",
            "{type} heeft geen veld \"{field}\".{near} Het heeft: {fields}."
        ),
        .noPart: LocalizedText(
            "The field \"{field}\" of {type} has no part \"{part}\".",
            "Het veld \"{field}\" van {type} heeft geen deel \"{part}\"."
        ),
        .tooManyMarks: LocalizedText(
            "A character carries more than {count} accents or other marks, which nobody can read. Leave them out.",
            "Een teken draagt meer dan {count} accenten of andere tekens, en dat kan niemand lezen. Laat ze weg."
        ),
        .nothingSeen: LocalizedText(
            "A text of spaces alone says nothing. Write something, or leave it empty.",
            "Een tekst van alleen spaties zegt niets. Schrijf iets, of laat het leeg."
        ),
        .partOfTitle: LocalizedText(
            "\"{text}\" is only a part of the title \"{title}\" ({subject}). Write the whole title, or {subject}.",
            "\"{text}\" is maar een deel van de titel \"{title}\" ({subject}). Schrijf de hele titel, of {subject}."
        ),
        .wrongForm: LocalizedText(
            "The field \"{field}\" takes {form}, not \"{text}\".",
            "In het veld \"{field}\" past {form}, niet \"{text}\"."
        ),
        .formText: LocalizedText("TEXT", "TEKST"),
        .formNumber: LocalizedText("a number such as 12.5", "een getal zoals 12,5"),
        .formInteger: LocalizedText("a whole number", "een geheel getal"),
        .formAmount: LocalizedText(
            "an amount such as \"12500 euro\" or \"€ 12,500.50\"",
            "een bedrag zoals \"12500 euro\" of \"€ 12.500,50\""
        ),
        .formBoolean: LocalizedText("yes|no", "ja|nee"),
        .formDay: LocalizedText("a day such as 2026-11-12", "een dag zoals 12-11-2026"),
        .formKind: LocalizedText("KIND", "SOORT"),
        .otherEncoding: LocalizedText(
            "{file} is in {encoding}. Save it as UTF-8, and try again.",
            "{file} is in {encoding}. Bewaar het als UTF-8, en probeer het opnieuw."
        ),
        .notUTF8: LocalizedText(
            "{file} is not UTF-8 in line {line}. Save it as UTF-8, and try again.",
            "{file} is geen UTF-8 in regel {line}. Bewaar het als UTF-8, en probeer het opnieuw."
        ),
        .nobodyCalledSo: LocalizedText(
            "nobody in this agenda is called \"{name}\", and no device",
            "niemand in deze agenda heet \"{name}\", en geen apparaat"
        ),
        .severalCalledSo: LocalizedText(
            "\"{name}\" may be several: {list}; name one",
            "\"{name}\" kan op meer slaan: {list}; noem er een"
        ),
        .rowsAreCSV: LocalizedText(
            "{file} is no CSV file; save it as CSV UTF-8, with the names of fields in its first row",
            "{file} is geen CSV-bestand; bewaar het als CSV UTF-8, met de namen van velden in de eerste rij"
        ),
        .tableRow: LocalizedText("row {row}", "rij {row}"),
        .tableColumn: LocalizedText("column {column}", "kolom {column}"),
        .nothingRecorded: LocalizedText("Nothing was recorded.", "Er is niets vastgelegd."),
        .importedNowOne: LocalizedText(
            "1 event recorded; ambit sync sends it.",
            "1 gebeurtenis vastgelegd; ambit sync verstuurt die."
        ),
        .importedNowMany: LocalizedText(
            "{count} events recorded; ambit sync sends them.",
            "{count} gebeurtenissen vastgelegd; ambit sync verstuurt ze."
        ),
    ]
}
