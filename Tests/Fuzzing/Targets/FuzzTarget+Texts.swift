internal import AgendaModel
internal import LogClient
internal import SyncClient
internal import SyncProtocol

// Short texts: of requests, and of what people type.

extension FuzzTarget {
    /// What follows the question mark of an address.
    package static let query = FuzzTarget(
        name: "query",
        seeds: {
            ["after=3&limit=10", "at=%32%30&kind=project", "after=1&after=2", "a%zz", "kind=%f0%9f%98%80&limit=+1"]
                .bytes
        }
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        if let decoded = PercentEncoding.decode(text) {
            try require(decoded.utf8.count <= input.count, "decoding makes a text longer")
            try require(text.utf8.contains(UInt8(ascii: "%")) || decoded == text, "a text without escapes changes")
            let escaped = decoded.utf8.map { "%" + String(0x100 | Int($0), radix: 16).dropFirst() }.joined()
            try require(
                PercentEncoding.decode(escaped).map { Array($0.utf8) } == Array(decoded.utf8),
                "written and read"
            )
        }
        guard let query = try? QueryParameters(text, known: ["after", "limit", "at", "kind"]) else { return }
        for name in ["after", "limit"] {
            guard let number = try? query.integer(name, in: 0...1_000) else { continue }
            try require((0...1_000).contains(number) && query[name] == String(number), "\(name) is \(number)")
        }
    }

    /// An agenda's address, as it is given to `ambit clone`.
    package static let address = FuzzTarget(
        name: "address",
        seeds: {
            [
                "https://voorbeeld.nl/agendas/proef", "HTTP://127.0.0.1:8080/pad/agendas/a-1///",
                "https://[::1]/agendas/x",
            ].bytes
        }
    ) { input in
        guard let text = String(validating: input, as: UTF8.self), let address = try? AgendaAddress(text) else {
            return
        }
        try require(input.starts(with: address.text.utf8), "the address is not the beginning of what was given")
        try require(
            input.dropFirst(address.text.utf8.count).allSatisfy { $0 == UInt8(ascii: "/") },
            "something is cut off"
        )
        try require(address.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "characters beyond visible ASCII")
        try require(address.text.hasSuffix("/agendas/\(address.name)"), "the name is not at the end")
        try require(
            !address.name.rawValue.isEmpty && !address.name.rawValue.contains("/") && address.name.rawValue != "..",
            "the name of a folder"
        )
        try require((try? AgendaAddress(address.text)) == address, "read again it is another address")
    }

    /// A moment, a size or a date: times in events, and the value of `at`.
    package static let moment = FuzzTarget(
        name: "moment",
        seeds: {
            ["2026-11-12T10:11:12.123Z", "2024-02-29", "2026-03-01T12:00:00Z", "4210", "0000-01-01T00:00:00.000Z"].bytes
        }
    ) { input in
        let time = input.withUnsafeBufferPointer { Timestamp($0) }
        if let time { try require(time.description.utf8.elementsEqual(input), "\(time) is written differently") }
        guard let text = String(validating: input, as: UTF8.self) else { return }
        try require(Timestamp(text) == time, "a text is read differently than its bytes")
        switch StateReference(text) {
        case .size(let size)?: try require(String(size.rawValue) == text && size >= .zero, "the size \(size)")
        case .moment(let moment)?:
            try require(moment.description.prefix(10) == text.prefix(10), "\(moment) is on another day")
            try require(Timestamp(moment.description) == moment, "\(moment) is beyond what can be written")
        case nil: try require(time == nil, "a time of an event is no moment")
        }
    }

    /// `Accept` and `Accept-Encoding`.
    package static let accept = FuzzTarget(
        name: "accept",
        seeds: {
            [
                "gzip, deflate;q=0.5, *;q=0", "application/x-ndjson;q=0.9,*/*;q=0.1",
                "gzip;Q=0.001, identity ; q=1.000", "text/event-stream",
            ].bytes
        }
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let list = QualityList(text)
        try require(list.items.count <= 64 && list.items.allSatisfy { (0...1_000).contains($0.quality) }, "a quality")
        let refused = list.items.allSatisfy { $0.quality == 0 }
        try require(!refused || ContentCoding.negotiated(text) == .identity, "gzip for who does not accept it")
        try require(!refused || list.items.isEmpty || PullForm.negotiated(text) == nil, "a form for who accepts none")
    }
}

extension [String] {
    fileprivate var bytes: [[UInt8]] { map { [UInt8]($0.utf8) } }
}
