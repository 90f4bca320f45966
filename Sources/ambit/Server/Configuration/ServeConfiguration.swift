import Files
import TypedInput

/// The settings of a server, put together.
///
/// An option comes before a variable, and a variable before the file. What nobody has said is as usual.
struct ServeConfiguration {
    /// Where a value is from.
    enum Origin {
        case option
        case variable
        /// Its path.
        case file(String)
        case usual

        var words: String {
            switch self {
            case .option: "option"
            case .variable: "variable"
            case .file(let path): path
            case .usual: "default"
            }
        }
    }

    struct Value {
        /// One, but for lists.
        var texts: [String]
        var origin: Origin
    }

    private(set) var values: [ServeSetting: Value] = [:]

    /// - Parameters:
    ///   - options: what was given on the command line.
    ///   - variables: the process's environment.
    /// - Throws: `Failure` for a file that cannot be read, or has something that is no setting.
    init(_ options: ServeOptions, variables: [String: String]) throws {
        let path = options.config ?? variables["AMBIT_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let file = try path.map { try SettingsFile(at: $0).values } ?? [:]
        let given = options.given
        for setting in ServeSetting.allCases {
            if let texts = given[setting] {
                values[setting] = Value(texts: texts, origin: .option)
            } else if let text = variables[setting.variable], !text.isEmpty {
                let texts = setting.isList ? text.split { $0.isWhitespace }.map(String.init) : [text]
                values[setting] = Value(texts: texts, origin: .variable)
            } else if let texts = file[setting], let path {
                values[setting] = Value(texts: texts, origin: .file(path))
            } else if let usual = setting.usual {
                values[setting] = Value(texts: [usual], origin: .usual)
            }
        }
    }

    /// The value of what has one at most; nil for nothing.
    subscript(setting: ServeSetting) -> String? { values[setting]?.texts.first }

    /// The values of what may have several.
    subscript(all setting: ServeSetting) -> [String] { values[setting]?.texts ?? [] }

    /// Says what is wrong with a value, and where it stands.
    func refuse(_ setting: ServeSetting, _ why: String) -> Failure {
        let place =
            switch values[setting]?.origin {
            case .option, .usual, nil: "--\(setting.rawValue)"
            case .variable: setting.variable
            case .file(let path): "\(setting.rawValue) in \(path)"
            }
        return Failure.usage("\(place): \(why).")
    }
}
