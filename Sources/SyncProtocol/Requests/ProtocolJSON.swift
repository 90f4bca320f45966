internal import FoundationEssentials

/// JSON of the wire types: member names as the types spell them, members sorted when written.
///
/// ```swift
/// let answer = try ProtocolJSON.decode(PushAnswer.self, from: body)
/// print("the log has \(answer.size) entries now")
/// for refused in answer.rejected {
///     print("line \(refused.line): \(refused.problem.detail ?? refused.problem.title)")
/// }
/// ```
public enum ProtocolJSON {
    /// The value in JSON, the same bytes for equal values.
    ///
    /// - Throws: `EncodingError` for a number that JSON cannot hold, and what the value's own encoding throws.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Reads a value; unknown members are ignored.
    ///
    /// - Throws: `ProblemDetails` (`bad-request`) that names the member that is missing or wrong, never its value.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw ProblemDetails(.badRequest, describe(error))
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "The JSON body lacks the member \(path(context.codingPath + [key]))."
        case .typeMismatch(let type, let context):
            "The JSON body has something other than \(name(of: type)) in \(path(context.codingPath))."
        case .valueNotFound(let type, let context):
            "The JSON body has null where \(name(of: type)) is needed, in \(path(context.codingPath))."
        default:
            "The body is not valid JSON."
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "its outermost value" : "/" + keys.map(\.stringValue).joined(separator: "/")
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is [Any].Type: "an array"
        default: "an object"
        }
    }
}
