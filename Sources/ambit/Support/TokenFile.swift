/// Files with a device's token, such as a replica's `token`.
enum TokenFile {
    private static let maximumLength = 512

    /// The token that a file begins with.
    static func read(_ path: String) throws -> String {
        let text = try InputFile.read(path).prefix { $0 > 0x20 && $0 < 0x7F }
        guard !text.isEmpty, text.count <= maximumLength else {
            throw Failure("\(path) does not begin with a token.", code: "malformed")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
