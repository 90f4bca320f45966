internal import AgendaModel

/// What may not be shown to everybody: the fields that the catalogue marks as personal, and what it does not know.
package enum PersonalFields {
    /// Whether readers get personal fields.
    package enum Treatment: Sendable {
        case included
        /// For agendas that anybody may read: only fields of which the catalogue says that they are not personal.
        case leftOut

        /// The document, or what remains of it.
        func apply(to document: [UInt8], of subject: String) -> [UInt8] {
            self == .included ? document : PersonalFields.remove(from: document, of: subject)
        }

        /// Whether a register of the subject may be seen.
        func shows(_ path: String, of subject: String) -> Bool {
            guard self == .leftOut else { return true }
            let field = path.split(separator: "/", maxSplits: 1).first ?? ""
            return publicFields(of: subject).contains(String(field))
        }
    }

    /// The document without the fields that are personal or unknown to this software, in JCS form.
    package static func remove(from document: [UInt8], of subject: String) -> [UInt8] {
        let shown = publicFields(of: subject)
        var result: [UInt8] = [UInt8(ascii: "{")]
        document.withUnsafeBufferPointer { bytes in
            var members = DocumentMembers(bytes)
            while let member = members.next() {
                guard shown.contains(String(decoding: bytes[member.name], as: UTF8.self)) else { continue }
                if result.count > 1 { result.append(UInt8(ascii: ",")) }
                // The name with its quotes, the colon, and the value.
                result.append(contentsOf: bytes[member.name.lowerBound - 1..<member.value.upperBound])
            }
        }
        result.append(UInt8(ascii: "}"))
        return result
    }

    private static let publicFieldsByKind: [String: Set<String>] = Dictionary(
        uniqueKeysWithValues: Catalogue.current.kinds.map { kind in
            (kind.name, Set(kind.fields.filter { !$0.isPersonal }.map(\.name)))
        }
    )

    private static func publicFields(of subject: String) -> Set<String> {
        publicFieldsByKind[String(subject.prefix { $0 != "/" })] ?? []
    }
}
