import AgendaModel
import Testing

@testable import SyncProtocol

@Suite("The Date of a request")
struct HTTPDateTests {
    @Test(
        "A moment is written as RFC 9110 has it, and read back to the second",
        arguments: [
            ("1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("2026-11-28T06:42:04.000Z", "Sat, 28 Nov 2026 06:42:04 GMT"),
            ("1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("1969-12-31T23:59:59.000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
            ("2099-06-01T00:00:00.000Z", "Mon, 01 Jun 2099 00:00:00 GMT"),
        ]
    )
    func both(_ moment: String, _ text: String) throws {
        let moment = try #require(Timestamp(moment))
        #expect(HTTPDate.text(of: moment) == text)
        #expect(HTTPDate.moment(text) == moment)
    }

    @Test(
        "Anything else is no moment",
        arguments: [
            "", "Sun Nov  6 08:49:37 1994", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "2026-11-28T06:42:04.000Z",
        ]
    )
    func none(_ text: String) { #expect(HTTPDate.moment(text) == nil) }
}
