import Foundation
import Testing

@testable import AgendaModel

@Suite("JSON values")
struct JSONTests {
    @Test(
        "Texts are read as Foundation reads them, and written without white space",
        arguments: [
            "{}", "[]", " [ ] ", #"{"a":1}"#, #"{"a":"}","b":{"c":[1,{"d":"]"}],"e":{}},"f":[]}"#,
            #"{"":"","a\"b":"\\","c":"\\\""}"#, #"{"n":-1.5e-7,"t":true,"z":null}"#, #"{"é":"ü€","x":"\u001f"}"#,
            #""\u00e9\ud83d\ude00\n\/""#, "\t{ \"a\" : [ 1 , 2 ]\r\n}",
        ]
    )
    func reading(json: String) throws {
        let options: JSONSerialization.ReadingOptions = .fragmentsAllowed
        let expected = try JSONSerialization.jsonObject(with: Data(json.utf8), options: options) as? NSObject
        let value = try JSONValue(parsing: json)
        let written = try JSONSerialization.jsonObject(with: Data(value.bytes), options: options) as? NSObject
        #expect(written == expected)
        #expect(try JSONValue(parsing: value.compact) == value)
        #expect(value.bytes.count <= json.utf8.count)
    }

    @Test(
        "What is no JSON, or not for certain one value, is refused with its place",
        arguments: [
            ("", 0), (" ", 1), ("{", 1), ("[1,]", 3), (#"{"a":1,}"#, 7), (#"{"a":1,"a":2}"#, 13),
            (#"{"a":1,"\u0061":2}"#, 18),
            ("01", 1), ("1.", 2), ("1e", 2), ("-", 1), ("+1", 0), ("nul", 0), ("nullx", 4), ("\"\n\"", 1),
            (#""\x""#, 1),
            (#""\ud800""#, 1), (#""\ud800\u0041""#, 1), (#""\udc00""#, 1), (#""\u12"#, 1), ("\"a", 2), ("1 2", 2),
        ]
    )
    func refusing(json: String, byte: Int) {
        let problem = #expect(throws: EventProblem.self) { try JSONValue(parsing: json) }
        #expect(problem?.code == .malformedEvent)
        #expect(problem?.detail.hasPrefix("not JSON at byte \(byte): ") == true, "\(problem?.detail ?? "")")
    }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90]] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(throws: EventProblem.self) { try JSONValue(parsing: quote + bytes + quote) }
        #expect(throws: EventProblem.self) { try JSONValue(parsing: bytes) }
    }

    @Test("Wherever a text is cut off, it is refused")
    func cutOff() {
        let bytes = Array(#"{"a":"}","b":{"c":[1,{"d":"]\""}],"e":{}},"f":[true,false,null,-1.5e+3]}"#.utf8)
        #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
        for end in 0..<bytes.count {
            #expect(throws: EventProblem.self, "\(end)") { try JSONValue(parsing: Array(bytes[..<end])) }
        }
    }

    @Test("Depth and length have bounds")
    func bounds() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(JSONReader.maximumDepth)) }
        #expect(throws: EventProblem.self) { try JSONValue(parsing: nested(JSONReader.maximumDepth + 1)) }
        let long = [UInt8](repeating: 0x20, count: JSONReader.maximumLength) + Array("1".utf8)
        #expect(throws: EventProblem.self) { try JSONValue(parsing: long) }
    }

    @Test("A name is found twice among many, and not by its normal form")
    func names() {
        let members = (0..<100).map { #""n\#($0)":\#($0)"# }
        func object(_ more: String) -> String { "{" + (members + [more]).joined(separator: ",") + "}" }
        #expect(throws: Never.self) { try JSONValue(parsing: object(#""n100":0"#)) }
        #expect(throws: EventProblem.self) { try JSONValue(parsing: object(#""n50":0"#)) }
        #expect(throws: Never.self) { try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}") }
    }

    @Test(
        "Numbers keep their digits, whatever their size",
        arguments: ["0", "-0", "1.50", "1E400", "12345678901234567890"]
    )
    func numbers(digits: String) throws {
        #expect(try JSONValue(parsing: digits) == .number(digits))
        #expect(try JSONValue(parsing: digits).compact == digits)
    }

    @Test("Whole numbers are read in all their forms, and nothing else is one")
    func integers() throws {
        #expect(try ["7", "7.0", "70e-1", "-0"].map { try JSONValue(parsing: $0).integer } == [7, 7, 7, 0])
        #expect(try ["7.5", "1e400", "true", "\"7\"", "null"].allSatisfy { try JSONValue(parsing: $0).integer == nil })
    }

    @Test(
        "Strings come back from their JSON form",
        arguments: ["", "a", "\"\\/", "\n\t\r\u{8}\u{C}\u{0}\u{1F}", "é€𝄞", "plain \"quoted\" plain"]
    )
    func strings(string: String) throws {
        let quoted = JSONString.quoted(string)
        #expect(try JSONValue(parsing: quoted).text == string)
        let read = try JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed) as? String
        #expect(read == string)
    }

    @Test("A pointer leads back to its names, whatever mark a slash or a tilde carries")
    func pointers() {
        for names in [["a/b", "~1"], ["a/\u{301}b", "~\u{301}"], ["\u{301}", ""]] {
            let found = JSONPointer.names(JSONPointer.pointer(names)) ?? []
            #expect(found.map { Array($0.utf8) } == names.map { Array($0.utf8) })
        }
    }

    @Test("Values written out in code keep the order of their members")
    func literals() {
        let value: JSONValue = ["title": "Voorbeeld", "order": 1, "open": true, "tags": ["b", "a"], "none": .null]
        #expect(value.compact == #"{"title":"Voorbeeld","order":1,"open":true,"tags":["b","a"],"none":null}"#)
    }
}
