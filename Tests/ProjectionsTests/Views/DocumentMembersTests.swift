import Foundation
import Testing

@testable import Projections

@Suite("Reading the members of documents")
struct DocumentMembersTests {
    @Test(
        "Members are cut where Foundation's reader finds them",
        arguments: [
            "{}", #"{"a":1}"#, #"{"a":"}","b":{"c":[1,{"d":"]"}],"e":{}},"f":[]}"#, #"{"":"","a\"b":"\\","c":"\\\""}"#,
            #"{"n":-1.5e-7,"t":true,"z":null}"#, #"{"é":"ü€","x":"\u001f"}"#,
        ]
    )
    func members(json: String) throws {
        let bytes = Array(json.utf8)
        var found: [String: String] = [:]
        bytes.withUnsafeBufferPointer { buffer in
            var reader = DocumentMembers(buffer)
            while let member = reader.next() {
                let name = JSONText.unescape(ArraySlice(buffer[member.name]))
                found[name] = String(decoding: buffer[member.value], as: UTF8.self)
            }
        }
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: NSObject]
        #expect(Set(found.keys) == Set(try #require(object).keys))
        for (name, value) in found {
            let options: JSONSerialization.ReadingOptions = .fragmentsAllowed
            let read = try JSONSerialization.jsonObject(with: Data(value.utf8), options: options) as? NSObject
            #expect(read == object?[name], "\(name)")
        }
    }

    @Test("Bytes that are cut off end the reading, whatever the place")
    func cutOff() {
        let bytes = Array(#"{"a":"}","b":{"c":[1,{"d":"]\""}],"e":{}},"f":[]}"#.utf8)
        for end in 0..<bytes.count {
            bytes[..<end].withUnsafeBufferPointer { buffer in
                var reader = DocumentMembers(buffer)
                var count = 0
                while let member = reader.next() {
                    #expect(member.value.upperBound <= end)
                    count += 1
                }
                #expect(count <= 3)
            }
        }
    }

    @Test(
        "Strings come back from their JSON form",
        arguments: ["", "a", "\"\\/", "\n\t\r\u{8}\u{C}\u{0}\u{1F}", "é€𝄞"]
    )
    func strings(string: String) throws {
        let quoted = JSONText.quote(string)
        #expect(JSONText.unescape(quoted.dropFirst().dropLast()) == string)
        let read = try JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed) as? String
        #expect(read == string)
    }
}
