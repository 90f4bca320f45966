internal import AgendaModel
internal import EventLog

// The checks of what a store knows besides entries.
extension Probe {
    mutating func runs() throws {
        try fill(to: 1_000, upTo: 25)
        try expectIdentities(every: 1)
        for (source, counter) in Dictionary(
            history.identities.map { ($0.source, $0.counter) },
            uniquingKeysWith: { max($0, $1) }
        ) {
            let beyond = try store.run(of: source, containing: Counter(counter.rawValue + 1))
            try expect(beyond == nil, "a run holds a counter that was never used")
            try expect(try store.run(of: source, containing: Counter(0)) == nil, "a run holds the counter 0")
        }
        // The server's first events stand at the start, in several commits: they are one run.
        let founding = history.identities.prefix { $0.source == "server" }.count
        let run = try store.run(of: "server", containing: Counter(1))
        try expect(
            run == CounterRun(source: "server", first: Counter(1), last: Counter(founding), position: Position(0)),
            "runs that continue each other over commits are not one"
        )
        try skippedCounters()
    }

    /// Counters may be left out, for events that were refused.
    private mutating func skippedCounters() throws {
        let commit = generator.next(count: 2)
        var changed = commit
        changed.subjects = []
        let first = commit.first.rawValue
        changed.runs = [
            CounterRun(source: "device/gaps00", first: Counter(5), last: Counter(5), position: Position(first)),
            CounterRun(source: "device/gaps00", first: Counter(9), last: Counter(9), position: Position(first + 1)),
        ]
        try append(changed, expecting: LogSize(first))
        try expect(try store.run(of: "device/gaps00", containing: Counter(7)) == nil, "a run holds a skipped counter")
        for (counter, run) in [(4, nil), (7, changed.runs[0]), (12, changed.runs[1])] {
            let found = try store.run(of: "device/gaps00", upTo: Counter(counter))
            try expect(found == run, "the last run up to a skipped counter is another one")
        }
        for (counter, run) in zip([5, 9], changed.runs) {
            let found = try store.run(of: "device/gaps00", containing: Counter(counter))
            try expect(found == run, "the run of counter \(counter) is not the one appended")
        }
        for (counter, run) in [(0, changed.runs[0]), (4, changed.runs[0]), (5, changed.runs[1]), (8, changed.runs[1])] {
            let found = try store.run(of: "device/gaps00", after: Counter(counter))
            try expect(found == run, "the run after counter \(counter) is not the next one")
        }
        try expect(try store.run(of: "device/gaps00", after: Counter(9)) == nil, "a run begins after the last one")
        try expect(try store.run(of: "device/nobody", after: Counter(0)) == nil, "a run is of a source that has none")
        try expect(try store.lastCounter(of: "device/gaps00") == Counter(9), "the last counter is not 9")
    }

    mutating func subjects() throws {
        try fill(to: 600, upTo: 80)
        try expectSame()
        let name = history.subjects[history.subjects.count - 1].name
        for wrong in ["", name + "1", String(name.dropLast()), name.uppercased(), "%", "device/"] {
            let expected = history.subjects.first { $0.name == wrong }?.position
            try expect(
                try store.position(ofSubject: wrong) == expected,
                "a subject is found by a name that is not its own"
            )
        }
    }

    mutating func rejections() throws {
        try fill(to: 20, upTo: 20)
        let codes = EventProblem.Code.allCases
        let time = history.recorded[19]
        let all = (0..<23).map { index in
            Rejection(
                source: index % 3 == 0 ? "device/aaaaaa" : "device/bbbbbb",
                counter: index == 7 ? nil : Counter(index + 1),
                recordedTime: time,
                problem: EventProblem(codes[index % codes.count], "because of \(index)"),
                bytes: [0, 0xFF, 0x0A] + Array("\(index)".utf8),
                line: index % 5 == 2 ? Rejection.Line(length: 70_000 + index, hash: Hash.sha256([UInt8(index)])) : nil
            )
        }
        for part in [0..<1, 1..<4, 4..<23] {
            try append(bareCommit(rejections: Array(all[part])), expecting: history.size)
        }
        var found: [Rejection] = []
        var cursor = 0
        while true {
            let page = try store.rejections(after: cursor, limit: 5)
            guard let last = page.last else { break }
            try expect(page.count <= 5 && cursor < last.cursor, "a page of rejections is too long or does not go on")
            found += page.map(\.rejection)
            cursor = last.cursor
        }
        try expect(found == all, "the rejections are not those that were stored, in order")
        for rejection in all {
            guard let counter = rejection.counter else { continue }
            try expect(
                try store.rejection(of: rejection.source, counter: counter) == rejection,
                "the rejection of counter \(counter) is not the one stored"
            )
        }
        try expect(
            try store.rejection(of: "device/aaaaaa", counter: Counter(2)) == nil,
            "a rejection has another source"
        )
        try expect(
            try store.lastRejectedCounter(of: "device/aaaaaa") == Counter(22),
            "the last rejected counter is not 22"
        )
        try expect(
            try store.lastRejectedCounter(of: "device/bbbbbb") == Counter(23),
            "the last rejected counter is not 23"
        )
        try expectSame()
        try spentIdentities(of: all)
    }

    /// What has been refused is not accepted any more, nor refused for the first time, also when the size is as expected.
    private mutating func spentIdentities(of refused: [Rejection]) throws {
        let size = history.size
        let conflict = AppendOutcome.conflict(actual: size)
        for rejection in refused where rejection.spendsIdentity {
            try expect(
                try store.append(bareCommit(rejections: [rejection]), expecting: size) == conflict,
                "an identity was refused for the first time twice"
            )
        }
        var reuse = refused[0]
        reuse.problem = EventProblem(.identityReused, "again")
        try append(bareCommit(rejections: [reuse]), expecting: size)
        var ahead = generator
        let commit = ahead.next(count: 5)
        reuse.source = commit.runs[0].source
        reuse.counter = commit.runs[0].first
        try append(bareCommit(rejections: [reuse]), expecting: size)
        try expect(
            try store.append(commit, expecting: size) == conflict,
            "an event was accepted whose identity had been refused"
        )
        try expect(
            try store.rejections(after: 0, limit: 100).count == refused.count + 2,
            "a conflict left a rejection behind"
        )
        try expectSame()
    }

    mutating func access() throws {
        try fill(to: 10, upTo: 10)
        var expected = Access()
        func hash(_ byte: UInt8) -> Hash { Hash(bytes: [UInt8](repeating: byte, count: 32))! }
        let changes: [[AccessChange]] = [
            [
                .member("member/one", role: .recorder, isActive: true),
                .device("device/aaaaaa", Access.Device(member: "member/one", isRevoked: false, key: nil)),
                .token(hash: hash(1), device: "device/aaaaaa"),
            ],
            [
                .member("member/two", role: .auditor, isActive: true),
                .device("device/bbbbbb", Access.Device(member: "member/two", isRevoked: false, key: [1, 2, 3])),
                .token(hash: hash(2), device: "device/bbbbbb"),
            ],
            [.member("member/one", role: .admin, isActive: true)],
            [
                .device(
                    "device/bbbbbb",
                    Access.Device(member: "member/two", isRevoked: false, key: [1, 2, 3], signedThrough: Counter(17))
                )
            ],
            [
                .device(
                    "device/cccccc",
                    Access.Device(member: "member/one", isRevoked: false, key: nil, continues: "device/aaaaaa")
                ),
                .token(hash: hash(3), device: "device/cccccc"),
            ],
            [
                .device(
                    "device/dddddd",
                    Access.Device(
                        member: "member/one",
                        isRevoked: false,
                        key: nil,
                        limits: AccessLimits(expires: "2027-02-28", readsPublicOnly: true)
                    )
                )
            ],
            [.tokenEnded(hash: hash(1)), .tokenEnded(hash: hash(5)), .token(hash: hash(4), device: "device/aaaaaa")],
            [
                .member("member/one", role: .admin, isActive: false),
                .device("device/aaaaaa", Access.Device(member: "member/one", isRevoked: true, key: nil)),
            ],
        ]
        for change in changes {
            try append(bareCommit(access: change), expecting: history.size)
            for one in change { expected.apply(one) }
            try expect(try store.access() == expected, "access is not as it was changed last")
            try expect(try store.accessVersion() == expected.version, "the version is not that of the access")
        }
        for openness in [Openness.public, .public, .publicLog, .members] {
            try store.open(to: openness)
            expected.version += expected.openness == openness ? 0 : 1
            expected.openness = openness
            try expect(try store.access() == expected, "who may read is not as it was said last")
        }
        let expires = Timestamp(millisecondsSince1970: 1_000_000)
        var invites = [
            Invite(hash: hash(8), role: .editor, member: nil, expires: expires),
            Invite(hash: hash(9), role: .recorder, member: "member/one", expires: expires, device: "device/bbbbbb"),
        ]
        try store.add(invites[0])
        try expectError(.alreadyExists, "adding an invite twice") { try store.add(invites[0]) }
        try append(bareCommit(access: [.inviteMade(invites[1])]), expecting: history.size)
        expected.apply(.inviteMade(invites[1]))
        let used = Timestamp(millisecondsSince1970: 900_000)
        try append(bareCommit(access: [.inviteUsed(hash: hash(9), at: used)]), expecting: history.size)
        invites[1].used = used
        expected.apply(.inviteUsed(hash: hash(9), at: used))
        for invite in invites {
            try expect(try store.invite(hash: invite.hash) == invite, "an invite is not as it was added or used")
        }
        try expect(try store.invite(hash: hash(7)) == nil, "an invite is found that was never added")
        try expect(try store.access() == expected, "an invite changed who may use the agenda")
        try expect(Set(try store.invites()) == Set(invites), "not all invites are given, or used ones are left out")
        try openInvites(besides: invites[0])
        try expect(try store.access() == expected, "an invite changed who may use the agenda")
    }

    /// Which invites can be used, and what withdrawing does; one is used already.
    private mutating func openInvites(besides other: Invite) throws {
        func hash(_ byte: UInt8) -> Hash { Hash(bytes: [UInt8](repeating: byte, count: 32))! }
        func time(_ milliseconds: Int) -> Timestamp { Timestamp(millisecondsSince1970: milliseconds) }
        let soon = Invite(hash: hash(11), role: .auditor, member: nil, expires: time(1000), device: "device/aaaaaa")
        let later = Invite(hash: hash(10), role: .auditor, member: nil, expires: time(2000))
        for invite in [later, soon] { try store.add(invite) }
        for (now, open) in [
            (0, [soon, later, other]), (999, [soon, later, other]), (1000, [later, other]), (1_000_000, []),
        ] {
            try expect(
                try store.invites(usableAt: time(now)) == open,
                "the invites that can be used are not those, or not in the order in which they expire"
            )
        }
        try expect(try !store.withdrawInvite(hash: hash(9)), "an invite is withdrawn that has been used")
        try expect(try !store.withdrawInvite(hash: hash(7)), "an invite is withdrawn that was never added")
        try expect(try store.withdrawInvite(hash: soon.hash), "an open invite is not withdrawn")
        try expect(try !store.withdrawInvite(hash: soon.hash), "an invite is withdrawn twice")
        try expect(try store.invite(hash: soon.hash) == nil, "an invite is found that was withdrawn")
        try expect(try store.invites(usableAt: time(0)) == [later, other], "withdrawing one invite changed others")
        for spent in [soon.hash, hash(9)] {
            let use = bareCommit(access: [.inviteUsed(hash: spent, at: time(1))])
            try expect(
                try store.append(use, expecting: history.size) == .conflict(actual: history.size),
                "an invite is used that was used before or withdrawn"
            )
        }
    }
}
