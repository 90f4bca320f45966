import Wording

/// Something that is wrong in a folder: what it means, and the command that mends it.
struct DoctorFinding: Encodable {
    /// A word for programs.
    var finding: Word
    /// The file or folder.
    var place: String
    /// What is wrong with it.
    var what: String
    /// What follows from it.
    var meaning: String
    /// As one types it in a shell; in capitals what only a person knows.
    var command: String

    enum Word: String, Encodable, CaseIterable {
        case noPermission = "no-permission"
        case wrongOwner = "wrong-owner"
        case exposedSecret = "exposed-secret"
        case diskFull = "disk-full"
        case diskReadOnly = "disk-read-only"
        case leftOver = "left-over"
        case stoppedProcess = "stopped-process"
        case storeUnreachable = "store-unreachable"
        case logMissing = "log-missing"
        case logDamaged = "log-damaged"
        case newerFormat = "newer-format"
        case otherAgenda = "other-agenda"
        case keyMissing = "key-missing"
        case keyWrong = "key-wrong"
        case entriesMissing = "entries-missing"
        case twoHistories = "two-histories"
        case nothingNoted = "nothing-noted"
        case readModelsDamaged = "read-models-damaged"
        case clockAhead = "clock-ahead"
        case tokenMissing = "token-missing"
        case tokenDamaged = "token-damaged"
        case deviceKeyMissing = "device-key-missing"
        case deviceKeyDamaged = "device-key-damaged"
        case lockUnusable = "lock-unusable"
        case cloneUnfinished = "clone-unfinished"
    }

    /// For people, in their language; on further lines what it means, and the command.
    var lines: [String] {
        let what = Language.spoken.words(of: what)
        let meaning = Language.spoken.words(of: meaning)
        return ["\(place) \(what)", "    \(meaning)", "    $ \(command)", ""]
    }
}

/// Parts of commands as a shell takes them.
enum ShellWord {
    /// A word that stays one word, and means nothing else.
    static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                || "/._-=:,@%+".unicodeScalars.contains(scalar)
        }
        if isPlain && !text.isEmpty { return text }
        // Scalar by scalar: a shell takes no notice of a mark that an apostrophe carries.
        let escaped = text.unicodeScalars.reduce(into: "") { $0 += $1 == "'" ? "'\\''" : String($1) }
        return "'\(escaped)'"
    }
}
