package import AgendaModel

/// That a device vouched for an entry with its own key: what evidence carries besides the entry.
///
/// It holds the leaves of all entries that the signature covers. It also holds the entry that enrolled the device with
/// its key, with its place in the log. "Authorship in evidence" of Protocol/Log.md has the form.
package struct AuthorshipProof: Hashable, Sendable {
    package var signature: DeviceSignature
    /// Of all covered entries, in the order of the log.
    package var leaves: [Hash]
    /// The `device.enrolled` of the device.
    package var enrolment: [UInt8]
    package var enrolmentPosition: Position
    package var enrolmentProof: InclusionProof

    /// Looks for the signature on an entry; nil when none covers it, or nobody can verify it any more.
    ///
    /// Reads the log up to there.
    ///
    /// - Parameters:
    ///   - position: the entry's.
    ///   - log: where it is.
    ///   - size: of the checkpoint that the evidence is for.
    ///   - unsent: gets who recorded the entry, when no signature in the log covers it. It gives signatures that are
    ///     not in the log yet: a signature proves itself.
    /// - Throws: what the log throws.
    package init?(
        of position: Position,
        in log: any LogReader,
        at size: LogSize,
        unsent: (EventSource) throws -> [[UInt8]] = { _ in [] }
    ) throws {
        let source = try Self.attribute(\.source, of: log.entry(at: position))
        guard let source, source != EventSource.server.rawValue else { return nil }
        var check = AuthorshipCheck(origin: log.identity.origin, watching: position)
        var reader = EventReader()
        let end = try log.head().size
        for number in 0..<end.startedSegments where check.vouched == nil {
            let range = Segment.positions(number).clamped(to: end.positions)
            try log.entries(range).withUnsafeBufferPointer { bytes in
                var next = range.lowerBound
                try Merkle.forEachLeaf(of: bytes) { leaf, line in
                    let entry = UnsafeBufferPointer(rebasing: bytes[line])
                    _ = check.look(at: entry, try reader.read(entry, as: .entry), leaf: leaf, position: next)
                    next += 1
                }
            }
        }
        let waiting = check.vouched == nil ? try unsent(EventSource(unchecked: source)) : []
        for event in waiting where check.vouched == nil {
            try event.withUnsafeBufferPointer { event in
                let attributes = try reader.read(event, as: .event)
                guard event[attributes.type].elementsEqual(DeviceSignature.type.utf8) else { return }
                _ = check.look(at: event, attributes, leaf: Merkle.leafHash(of: event), position: end.next)
            }
        }
        guard let vouched = check.vouched, size.contains(vouched.enrolment) else { return nil }
        signature = vouched.signature
        leaves = vouched.leaves
        enrolment = try log.entry(at: vouched.enrolment)
        enrolmentPosition = vouched.enrolment
        enrolmentProof = try InclusionProof(of: vouched.enrolment, at: size, in: LogTree(of: log))
    }

    /// Checks that the device's key, as the log has it, signed a list of entries in which this one is.
    ///
    /// - Parameters:
    ///   - entry: whose leaf has been shown to be in the log.
    ///   - checkpoint: verified.
    /// - Returns: the device.
    /// - Throws: `corrupt` when it does not show that.
    package func verify(entry: [UInt8], by checkpoint: Checkpoint) throws(LogError) -> DeviceID {
        func fault(_ what: String) -> LogError { LogError(.corrupt, "the device's signature in the file: \(what)") }
        guard let source = Self.attribute(\.source, of: entry) else { throw fault("the entry names no device") }
        let enrolled = Self.leaf(of: enrolment)
        guard Self.attribute(\.type, of: enrolment) == "device.enrolled",
            Self.attribute(\.subject, of: enrolment) == source,
            enrolmentProof.verify(enrolled, at: enrolmentPosition, of: checkpoint.size, root: checkpoint.root),
            let key = Self.key(of: enrolment)
        else { throw fault("the log does not have the key of \(source) that the file says it has") }
        let device = DeviceID(unchecked: source)
        var covered = CoveredEntries()
        for (index, leaf) in leaves.enumerated() {
            covered.add(index == 0 ? signature.from : signature.through, leaf: leaf)
        }
        if signature.fault(on: covered, of: device, origin: checkpoint.origin, by: key) != nil {
            throw fault("\(source) did not sign these entries")
        }
        guard leaves.contains(Self.leaf(of: entry)) else {
            throw fault("\(source) signed entries, and not this one")
        }
        return device
    }

    private static func leaf(of entry: [UInt8]) -> Hash { entry.withUnsafeBufferPointer { Merkle.leafHash(of: $0) } }

    private static func key(of enrolment: [UInt8]) -> [UInt8]? {
        let data = (try? JSONValue(parsing: enrolment))?["data"]
        return data?["key"]?.text.flatMap { Base64.decode($0) }
    }

    private static func attribute(_ part: KeyPath<EventAttributes, Range<Int>>, of entry: [UInt8]) -> String? {
        var reader = EventReader()
        return entry.withUnsafeBufferPointer { bytes in
            guard let attributes = try? reader.read(bytes, as: .entry) else { return nil }
            return String(decoding: bytes[attributes[keyPath: part]], as: UTF8.self)
        }
    }
}

extension AuthorshipProof {
    /// One line of JSON.
    package var json: String {
        let leaves = Base64.encode(leaves.flatMap(\.bytes))
        let hashes = enrolmentProof.hashes.map { "\"\($0.base64)\"" }.joined(separator: ",")
        return
            #"{"signature":\#(signature.json),"leaves":"\#(leaves)","enrolled":{"entry":"\#(Base64.encode(enrolment))","#
            + #""index":\#(enrolmentPosition),"hashes":[\#(hashes)]}}"#
    }

    /// Reads it; nothing is verified.
    ///
    /// - Returns: nil for what is not in this form.
    package init?(json: some Collection<UInt8>) {
        guard let fields = try? JSONValue(parsing: Array(json)),
            let data = fields["signature"].map({ Array($0.compact.utf8) }),
            let signature = data.withUnsafeBufferPointer({ DeviceSignature(data: $0) }),
            let leaves = fields["leaves"]?.text.flatMap({ Base64.decode($0) }),
            leaves.count % Hash.byteCount == 0, leaves.count <= DeviceSignature.maximumEntries * Hash.byteCount,
            let enrolled = fields["enrolled"], let entry = enrolled["entry"]?.text.flatMap({ Base64.decode($0) }),
            let index = enrolled["index"]?.integer, index >= 0,
            case .array(let items)? = enrolled["hashes"], items.count <= InclusionProof.maximumLength
        else { return nil }
        let hashes = items.compactMap { $0.text.flatMap { Hash(base64: $0) } }
        guard hashes.count == items.count else { return nil }
        self.signature = signature
        self.leaves = stride(from: 0, to: leaves.count, by: Hash.byteCount).compactMap { start in
            Hash(bytes: leaves[start..<start + Hash.byteCount])
        }
        enrolment = entry
        enrolmentPosition = Position(index)
        enrolmentProof = InclusionProof(hashes: hashes)
    }
}
