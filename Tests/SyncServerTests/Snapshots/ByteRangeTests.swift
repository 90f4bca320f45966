import Testing

@testable import SyncServer

@Suite("The part of a file that a request asks for")
struct ByteRangeTests {
    @Test(
        "One range is given, and what is none of RFC 9110 is not looked at",
        arguments: [
            (nil, .whole), ("bytes=0-9", .part(0..<10)), ("bytes=90-", .part(90..<100)), ("bytes=-1", .part(99..<100)),
            ("bytes=-1000", .part(0..<100)), ("bytes=99-99", .part(99..<100)), ("bytes=50-1000", .part(50..<100)),
            ("Bytes= 1 - 2 ", .part(1..<3)), ("bytes=100-", .unsatisfiable), ("bytes=100-200", .unsatisfiable),
            ("bytes=-0", .unsatisfiable), ("bytes=0-1,5-6", .whole), ("bytes=9-1", .whole), ("bytes=a-b", .whole),
            ("bytes=-", .whole), ("bytes=", .whole), ("lines=0-1", .whole), ("bytes=--1", .whole),
            ("bytes=99999999999999999999-", .whole),
        ] as [(String?, ByteRange)]
    )
    func ranges(header: String?, expected: ByteRange) {
        #expect(ByteRange(header, of: 100) == expected)
    }

    @Test("An empty file has no part")
    func empty() {
        for header in ["bytes=0-", "bytes=-5", "bytes=0-0"] {
            #expect(ByteRange(header, of: 0) == .unsatisfiable)
        }
    }
}
