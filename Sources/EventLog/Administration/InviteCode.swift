/// The code of an invite: easy to read out and to type, and too long to be guessed.
package enum InviteCode {
    /// How long an invite may be valid, in days.
    package static let days = 1...90
    /// How long an invite is valid when nobody says, in days.
    package static let usualDays = 7

    /// Letters and digits that are not taken for each other.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 26 characters, 130 random bits, from a source of that many random bytes.
    package static func make(random: (Int) -> [UInt8]) -> String {
        String(decoding: random(26).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
    }

    /// What is kept of a code: its SHA-256.
    package static func hash(_ code: String) -> Hash {
        var code = code
        return code.withUTF8 { Hash.sha256($0) }
    }
}
