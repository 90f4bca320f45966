internal import AgendaModel

extension PushSequencing {
    /// Why a line with a new counter cannot be accepted now; nil when it can.
    mutating func problem(
        of line: Push.Line,
        _ rules: [TypeRule],
        in batch: Batch,
        _ cache: inout WriterCache
    ) throws -> EventProblem? {
        if line.problem >= 0 { return push.problems[Int(line.problem)] }
        if let withdrawn {
            return EventProblem(.notAllowed, "an event before this one took the access away: \(withdrawn)")
        }
        let rule = rules[Int(line.type)]
        guard rule.isAllowed || rule.isForSubjectItself && push.names.names[Int(line.subject)] == push.source.rawValue
        else {
            return notAllowed(push.types[Int(line.type)])
        }
        guard line.basis <= batch.size.rawValue else {
            return EventProblem(
                .basisAhead,
                "the basis \(line.basis) is beyond the log, which has \(batch.size) entries"
            )
        }
        if let problem = try subjectProblem(of: line, rule, in: batch, &cache) { return problem }
        if rule.isForAuthor, let problem = authorProblem(of: line, in: batch) { return problem }
        for index in line.firstReference..<(line.firstReference + line.referenceCount) {
            let name = push.references[Int(index)]
            guard try exists(name, in: batch, &cache) else {
                return EventProblem(
                    .unknownReference,
                    "\(push.names.names[Int(name)]) is referred to and does not exist in this log; "
                        + "push the event that creates it first"
                )
            }
        }
        if rule.isSignature { return try signatureProblem(of: line, in: batch, cache.store) }
        if let problem = accessProblem(of: line, in: batch) { return problem }
        return try unseenProblem(of: line, in: batch, cache.store)
    }

    /// Holds a signature against the device's entries in the store.
    ///
    /// Entries of this very batch cannot be covered: nobody has seen them yet.
    private mutating func signatureProblem(
        of line: Push.Line,
        in batch: Batch,
        _ store: any LogStore
    ) throws -> EventProblem? {
        guard line.accessEvent >= 0, case .signed(let signature) = push.accessEvents[Int(line.accessEvent)] else {
            return invalidSignature(SignatureFault.unreadable.explanation)
        }
        signatures += 1
        guard signatures <= DeviceSignature.maximumPerPush else {
            return invalidSignature("a push has at most \(DeviceSignature.maximumPerPush) signatures")
        }
        guard let name = push.source.device, let device = batch.access.devices[name], device.key != nil else {
            return invalidSignature(SignatureFault.noKey.explanation)
        }
        var entries =
            unsigned ?? lookup?.unsigned ?? UnsignedEntries(of: name, after: device.signedThrough, in: store)
        // What an earlier signature of this push covers is not covered again.
        entries.drop(through: device.signedThrough)
        let covered = try entries.covered(through: signature.through)
        unsigned = entries
        let fault = signature.fault(on: covered, of: name, origin: store.identity.origin, by: device.key)
        guard let fault else { return nil }
        guard fault == .otherEntries, let from = covered.from, let through = covered.through else {
            return invalidSignature(fault.explanation)
        }
        return invalidSignature(
            "\(fault.explanation): these are \(covered.count), with the ids \(from) to \(through)"
        )
    }

    private func invalidSignature(_ why: String) -> EventProblem {
        EventProblem(
            .invalidSignature,
            "the signature of \(push.source) does not hold: \(why); compare its entries in the log with what it recorded, "
                + "and sign those that no signature covers yet"
        )
    }

    /// What is somebody's own, others change only with a role for it.
    private func authorProblem(of line: Push.Line, in batch: Batch) -> EventProblem? {
        let subject = push.names.names[Int(line.subject)]
        let type = push.types[Int(line.type)]
        guard let source = push.source.device, !batch.access.isCreator(source, of: subject) else { return nil }
        return EventProblem(
            .notAllowed,
            "\(type.name) of what another member wrote takes the role \(type.writers.roleForOthers?.rawValue ?? "admin"); "
                + "this member is \(role?.rawValue ?? "the server")"
        )
    }

    /// An agenda always has somebody who can administer it.
    private func accessProblem(of line: Push.Line, in batch: Batch) -> EventProblem? {
        guard line.accessEvent >= 0,
            let change = push.accessEvents[Int(line.accessEvent)].change(
                of: push.names.names[Int(line.subject)],
                in: batch.access
            ),
            batch.access.losesLastAdmin(by: change)
        else { return nil }
        return EventProblem(
            .notAllowed,
            "\(push.names.names[Int(line.subject)]) is the only admin that this agenda has, or that one's only device; give "
                + "somebody else the role, or the admin another device, first"
        )
    }

    /// What is set of a member has been seen by whoever sets it anew: then the log's order says what its authors meant.
    ///
    /// Reads what has been committed since the push was looked up, and more only where nobody has looked it up.
    private mutating func unseenProblem(
        of line: Push.Line,
        in batch: Batch,
        _ store: any LogStore
    ) throws -> EventProblem? {
        let rights = push.rights(setBy: line)
        guard !rights.isEmpty else { return nil }
        if memberWrites == nil, var writes = found?.memberWrites ?? push.memberWrites(after: -1) {
            try writes.read(upTo: batch.base.head.size, of: store)
            // What this push adds from here on is its own.
            for write in batch.memberWrites { writes.add(write) }
            memberWrites = writes
        }
        let member = push.names.names[Int(line.subject)]
        let unseen = memberWrites?.unseen(from: LogSize(line.basis), of: member, setting: rights)
        return unseen.map { position in
            EventProblem(
                .notAllowed,
                "entry/\(position) has set the role or the access of \(member), and whoever recorded this had not seen it; sync, "
                    + "look with ambit member list at what holds now, and record it again if it is still to be"
            )
        }
    }

    private mutating func subjectProblem(
        of line: Push.Line,
        _ rule: TypeRule,
        in batch: Batch,
        _ cache: inout WriterCache
    ) throws -> EventProblem? {
        let isKnown = try exists(line.subject, in: batch, &cache)
        if isKnown, !rule.isCreating { return nil }
        let subject = push.names.names[Int(line.subject)]
        guard rule.isCreating else {
            return EventProblem(
                .unknownSubject,
                "\(subject) does not exist in this log; push the event that creates it first"
            )
        }
        guard !isKnown else {
            let type = push.types[Int(line.type)].name
            guard !rule.erases else { return EventProblem(.wrongIdentity, "\(subject) has been erased already") }
            return EventProblem(.wrongIdentity, "\(subject) exists already, so \(type) cannot create it again")
        }
        return try rule.erases ? redactionProblem(subject, in: batch, cache) : nil
    }

    /// Only entries that are durable are erased: their author has seen them in the log.
    private func redactionProblem(_ subject: String, in batch: Batch, _ cache: WriterCache) throws -> EventProblem? {
        let size = batch.base.head.size
        guard let position = Tombstone.position(ofEntry: subject.utf8), size.contains(position) else {
            return EventProblem(.unknownSubject, "\(subject) is not in the log, which has \(size) entries")
        }
        let problem =
            try lookup?.erasures[position]
            ?? cache.store.entry(at: position).withUnsafeBufferPointer {
                ErasedEntry.problem(erasing: $0, by: batch.size.next)
            }
        return problem.map {
            EventProblem($0.code == .tooLarge ? .tooLarge : .notAllowed, "\(subject): \($0.detail)")
        }
    }

    private mutating func exists(
        _ name: Int32,
        in batch: Batch,
        _ cache: inout WriterCache
    ) throws -> Bool {
        if let known = existing[Int(name)] { return known }
        let text = push.names.names[Int(name)]
        let answer = try batch.newNames.contains(text) || cache.exists(text, missingAt: lookup?.size)
        existing[Int(name)] = answer
        return answer
    }

    private func notAllowed(_ type: Catalogue.EventType) -> EventProblem {
        let needed = type.writers.role.map { "the role \($0.rawValue)" } ?? "the server, or the device that it is about"
        return EventProblem(
            .notAllowed,
            "\(type.name) takes \(needed); this member is \(role?.rawValue ?? "the server")"
        )
    }
}
