import Files
import TOMLKit
import TypedInput

/// A file of settings in TOML: `listen = "0.0.0.0:443"`.
struct SettingsFile {
    private(set) var values: [ServeSetting: [String]] = [:]
    /// In bytes.
    private static let maximumLength = 1 << 20

    /// - Throws: `Failure` for a file that cannot be read, is no TOML, or has something that is no setting.
    init(at path: String) throws {
        guard let bytes = try ReadableFile(path).contents(upTo: Self.maximumLength),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw Failure("\(path) is no text of at most \(Self.maximumLength) bytes.", code: "malformed") }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let place = error.source.begin
            throw Failure(
                "\(path), line \(place.line), column \(place.column): \(error.description). See ambit help server.",
                code: "malformed"
            )
        }
        for key in table.keys.sorted() {
            guard let setting = ServeSetting(rawValue: key) else {
                let meant = Spelling.nearest(to: key, among: ServeSetting.allCases.map(\.rawValue))
                throw Failure.usage(
                    "\(path): there is no setting \(key)\(meant.map { "; did you mean \($0)?" } ?? ".") ambit config lists all."
                )
            }
            guard let value = table[key], let texts = Self.texts(value), setting.isList || texts.count == 1,
                !setting.isFlag || value.bool != nil
            else {
                let wanted =
                    setting.isFlag ? "true or false" : setting.isList ? "a list of texts" : "a text or a number"
                throw Failure.usage("\(path): \(key) takes \(wanted).")
            }
            values[setting] = texts
        }
    }

    private static func texts(_ value: any TOMLValueConvertible) -> [String]? {
        if let text = value.string { return [text] }
        if let number = value.int { return ["\(number)"] }
        if let flag = value.bool { return [flag ? "true" : "false"] }
        guard let array = value.array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }
}
