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

    /// What is kept of a code: the SHA-256 of how it was made.
    ///
    /// Codes are read out and typed. Letters of both cases are the same, `o` is 0, `i` and `l` are 1, and spaces and
    /// hyphens mean nothing. As in Crockford's Base32: https://www.crockford.com/base32.html
    package static func hash(_ code: String) -> Hash {
        let canonical = code.lowercased().utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "o"): UInt8(ascii: "0")
            case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
            case UInt8(ascii: " "), UInt8(ascii: "-"): nil
            default: byte
            }
        }
        return Hash.sha256(canonical)
    }

    /// What an admin calls the invite that has a code: `Invite.id`.
    package static func id(of code: String) -> String { id(ofHash: hash(code)) }

    /// Whether a text can be the id of an invite, of any server: it has small letters, digits and hyphens only.
    package static func isID(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// Too little of the hash to stand for the code.
    static func id(ofHash hash: Hash) -> String { String(hash.description.prefix(16)) }
}
