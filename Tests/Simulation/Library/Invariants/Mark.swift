/// The text by which a recorded event is known.
enum Mark {
    private static let start = Array("verzonnen:".utf8)

    static func text(_ mark: Int) -> String { "verzonnen:\(mark)." }

    static func find(in bytes: [UInt8]) -> Int? {
        guard let place = bytes.firstRange(of: start) else { return nil }
        let digits = bytes[place.upperBound...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
