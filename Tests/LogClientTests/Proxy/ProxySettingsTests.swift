import Testing

@testable import LogClient

@Suite("Forward proxies")
struct ProxySettingsTests {
    private func name(_ variables: [String: String], for url: String = "https://voorbeeld.nl") throws -> String? {
        try ProxySettings(variables).proxy(for: LogAddress(url))?.name
    }

    @Test("The variable of the scheme comes before that for all, lower case before upper case, and empty is not set")
    func precedence() throws {
        #expect(try name([:]) == nil)
        #expect(try name(["HTTPS_PROXY": "http://a:1"]) == "a:1")
        #expect(try name(["HTTPS_PROXY": "http://a:1", "https_proxy": "b:2"]) == "b:2")
        #expect(try name(["HTTPS_PROXY": "a:1", "https_proxy": ""]) == "a:1")
        #expect(try name(["ALL_PROXY": "a:1", "http_proxy": "b:2"]) == "a:1")
        #expect(try name(["ALL_PROXY": "a:1", "all_proxy": "b:2", "https_proxy": "c:3"]) == "c:3")
        #expect(try name(["HTTP_PROXY": "a:1", "HTTPS_PROXY": "b:2"], for: "http://voorbeeld.nl") == "a:1")
        #expect(try name(["HTTP_PROXY": "a:1", "REQUEST_METHOD": "GET"], for: "http://voorbeeld.nl") == nil)
        #expect(try name(["http_proxy": "a:1", "REQUEST_METHOD": "GET"], for: "http://voorbeeld.nl") == "a:1")
    }

    @Test(
        "What stays on the machine goes to no proxy",
        arguments: ["localhost", "127.0.0.1:8080", "[::1]", "a.localhost"]
    )
    func loopback(host: String) throws {
        #expect(try name(["all_proxy": "a:1"], for: "http://\(host)/x") == nil)
    }

    @Test("A proxy's address is read whole, and what cannot be used is said without what stands there")
    func addresses() throws {
        func proxy(_ text: String) throws -> Proxy { try Proxy(text, from: "HTTPS_PROXY") }
        #expect(try proxy("kantoor").name == "kantoor:1080")
        #expect(try proxy("HTTP://[2001:db8::1]:3128/").name == "2001:db8::1:3128")
        #expect(try proxy("socks5h://a:9050").kind == .socks)
        let named = try proxy("http://jansje:ge%3Aheim%40:x@a:3128")
        #expect(named.credentials == Proxy.Credentials(user: "jansje", password: "ge:heim@:x"))
        #expect(named.name == "a:3128")
        #expect(try proxy("jansje@a").credentials == Proxy.Credentials(user: "jansje", password: ""))
        for text in [
            "http://jansje:geheim@a:70000", "http://jansje:geheim@", "https://jansje:geheim@a", "socks4://geheim",
            "socks5://jansje:geheim@a", "http://:1", "http://geheim geheim",
        ] {
            let error = #expect(throws: LogClientError.self) { try proxy(text) }
            #expect(error?.code == .invalidAddress && error?.message.contains("HTTPS_PROXY") == true)
            #expect(error?.description.contains("geheim") == false && error?.description.contains("jansje") == false)
        }
    }

    @Test(
        "Exceptions are names with all below them, addresses, ranges of addresses, each with or without a port, or all",
        arguments: [
            ("voorbeeld.nl", "https://voorbeeld.nl", true), ("voorbeeld.nl", "https://a.b.Voorbeeld.NL.", true),
            (".voorbeeld.nl", "https://voorbeeld.nl", true), ("*.voorbeeld.nl", "https://a.voorbeeld.nl", true),
            ("voorbeeld.nl", "https://anvoorbeeld.nl", false), ("nl", "https://voorbeeld.nl", true),
            ("a, voorbeeld.nl:8443 b", "https://voorbeeld.nl:8443", true),
            ("voorbeeld.nl:8443", "https://voorbeeld.nl", false),
            ("voorbeeld.nl:443", "https://voorbeeld.nl", true), ("*", "https://voorbeeld.nl", true),
            ("192.0.2.7", "https://192.0.2.7", true), ("192.0.2.7:1", "https://192.0.2.7", false),
            ("192.0.2.7:443", "https://192.0.2.7", true), ("192.0.2.0/24", "https://192.0.2.255", true),
            ("192.0.2.0/25", "https://192.0.2.128", false), ("192.0.2.0/33", "https://192.0.2.0", false),
            ("0.0.0.0/0", "https://192.0.2.1", true), ("0.0.0.0/0", "https://voorbeeld.nl", false),
            ("192.0.2.0/-1", "https://192.0.2.0", false), ("192.0.2.0/", "https://192.0.2.0", false),
            ("2001:db8::/32", "https://[2001:db8:1::1]", true), ("2001:db8::/31", "https://[2001:db9::1]", true),
            ("[2001:DB8::1]", "https://[2001:db8::1]", true), ("[2001:db8::1]:443", "https://[2001:db8::1]", true),
            ("2001:db8::/32", "https://[2001:db9::1]", false), ("2.7", "https://192.0.2.7", false),
            (",", "https://a", false),
            (":443", "https://a", false), (".", "https://a", false),
        ]
    )
    func exceptions(text: String, url: String, isException: Bool) throws {
        #expect(try (name(["all_proxy": "a:1", "NO_PROXY": text], for: url) == nil) == isException)
    }
}
