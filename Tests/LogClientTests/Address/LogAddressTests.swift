import Testing

@testable import LogClient

@Suite("Addresses of logs")
struct LogAddressTests {
    @Test(
        "An address with a host or a port that there cannot be is refused when it is given, not when it is connected to",
        arguments: [
            "http://127.0.0.1:70000/x", "http://127.0.0.1:65536", "http://127.0.0.1:0", "http://127.0.0.1:",
            "http://a:-1",
            "http://a:+80", "http://a:080000", "http://a:99999999999999999999", "http://a:8o", "http://a:80:80",
            "http://:80", "http://.", "http://a..b", "http://a b", "http://a%41", "http://[::1", "http://::1/x",
            "http://[::1]x", "http://[::1]70000", "http://[::1]:70000", "http://[127.0.0.1]", "http://[::g]",
            "http://[fe80::1%25eth0]", "http://256.0.0.1", "http://1.2.3", "http://a_b\u{7F}", "http://é",
            "http://a/\u{1B}",
            "http://a/%", "http://a/%2", "http://a/%zz", "http://a/[x]", "http://a/x?y", "http://a/x#y", "http://a@b/x",
            "http://a\\b", "ftp://a", "http:/a", "http://", "a",
        ]
    )
    func refused(text: String) throws {
        let error = #expect(throws: LogClientError.self) { try LogAddress(text) }
        #expect(error?.code == .invalidAddress && error?.nextStep?.contains("https://") == true)
        #expect(throws: LogClientError.self) { try AgendaAddress(text + "/agendas/assen") }
    }

    @Test(
        "Every part of an address is read",
        arguments: [
            ("https://Voorbeeld.NL/", "voorbeeld.nl", 443, true),
            ("http://a-1.b_c.:65535/x/%C3%A9", "a-1.b_c.", 65_535, false),
            ("HTTP://[2001:DB8::1]:1/x", "2001:db8::1", 1, false), ("https://[::1]", "::1", 443, true),
            ("http://192.0.2.1", "192.0.2.1", 80, false), ("https://xn--4ca.nl:8443//", "xn--4ca.nl", 8443, true),
        ]
    )
    func parts(text: String, host: String, port: Int, isSecure: Bool) throws {
        let address = try LogAddress(text)
        #expect(address.authority.host == host && address.port == port && address.isSecure == isSecure)
        #expect(text.hasPrefix(address.text) && !address.text.hasSuffix("/"))
    }

    @Test(
        "A secret goes over http only where it does not leave the machine",
        arguments: [
            ("https://voorbeeld.nl", true), ("http://127.0.0.1:8080", true), ("http://127.9.9.9", true),
            ("http://localhost", true), ("http://a.localhost.", true), ("http://[::1]:1", true),
            ("http://voorbeeld.nl", false),
            ("http://localhost.voorbeeld.nl", false), ("http://10.0.0.1", false), ("http://128.0.0.1", false),
            ("http://[::2]", false), ("http://notlocalhost", false),
        ]
    )
    func secrets(text: String, may: Bool) throws {
        let address = try LogAddress(text)
        try address.check(mayCarry: "the token", allowsCleartext: true)
        do throws(LogClientError) {
            try address.check(mayCarry: "the token", allowsCleartext: false)
            #expect(may)
        } catch {
            #expect(!may && error.code == .insecure && error.message.contains(address.authority.host))
            #expect(error.nextStep?.contains("--insecure") == true)
        }
    }
}

@Suite("Addresses of agendas")
struct AgendaAddressTests {
    @Test(
        "People pass on the agenda's address; programs ask below it",
        arguments: [
            ("https://voorbeeld.nl/agendas/assen", "https://voorbeeld.nl/v1/agendas/assen"),
            ("http://127.0.0.1:8080/agendas/a-1//", "http://127.0.0.1:8080/v1/agendas/a-1"),
            ("https://voorbeeld.nl/pad/agendas/assen", "https://voorbeeld.nl/pad/v1/agendas/assen"),
            ("https://voorbeeld.nl/agendas/agendas", "https://voorbeeld.nl/v1/agendas/agendas"),
        ]
    )
    func whereProgramsAsk(text: String, log: String) throws {
        let address = try AgendaAddress(text)
        #expect(address.log.text == log && text.hasPrefix(address.text))
        #expect(try LogAddress(given: text) == address.log)
        #expect(try LogAddress(given: log) == address.log)
    }

    @Test("Where programs ask is no agenda's address, and the right one is named")
    func interface() {
        for text in ["https://voorbeeld.nl/v1/agendas/assen", "https://voorbeeld.nl/pad/v1/agendas/assen/"] {
            let error = #expect(throws: LogClientError.self) { try AgendaAddress(text) }
            #expect(error?.code == .invalidAddress && error?.nextStep?.contains("/agendas/name") == true)
        }
    }
}
