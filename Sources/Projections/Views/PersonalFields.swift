package import AgendaModel

/// What may not be shown to everybody: who the members are and what they use, the fields that the catalogue marks as
/// personal, and what it does not know.
package enum PersonalFields {
    /// Whether readers get what is personal.
    package enum Treatment: Sendable {
        case included
        /// For agendas that anybody may read: none of the subjects that are about people, and of the others only fields
        /// of which the catalogue says that they are not personal, unless they refer to such a subject.
        case leftOut

        /// Whether the subject may be seen.
        package func shows(_ subject: String) -> Bool { self == .included || !PersonalFields.isHidden(subject) }

        /// The document, or what remains of it.
        package func apply(to document: [UInt8], of subject: String) -> [UInt8] {
            self == .included ? document : PersonalFields.remove(from: document, of: subject)
        }

        /// Whether a register of the subject may be seen.
        package func shows(_ register: Register, of subject: String) -> Bool {
            guard self == .leftOut else { return true }
            let field = register.path.split(separator: "/", maxSplits: 1).first ?? ""
            guard shows(subject), let form = publicFields(of: subject)[String(field)] else { return false }
            return !register.heads.contains { $0.value.map { isHidden($0[...], form) } ?? false }
        }
    }

    /// The document without what is personal or unknown to this software, in JCS form.
    package static func remove(from document: [UInt8], of subject: String) -> [UInt8] {
        let shown = publicFields(of: subject)
        var result: [UInt8] = [UInt8(ascii: "{")]
        document.withUnsafeBufferPointer { bytes in
            var members = DocumentMembers(bytes)
            while let member = members.next() {
                guard let form = shown[String(decoding: bytes[member.name], as: UTF8.self)],
                    !isHidden(bytes[member.value], form)
                else { continue }
                if result.count > 1 { result.append(UInt8(ascii: ",")) }
                // The name with its quotes, the colon, and the value.
                result.append(contentsOf: bytes[member.name.lowerBound - 1..<member.value.upperBound])
            }
        }
        result.append(UInt8(ascii: "}"))
        return result
    }

    private static let hiddenKinds = ["member", "device"]

    private static func isHidden(_ subject: String) -> Bool {
        hiddenKinds.contains { subject.hasPrefix("\($0)/") }
    }

    /// Whether a field's value refers to a subject that is not shown.
    ///
    /// Of the catalogue's forms only references can: its objects and maps hold none to members or devices, which a test
    /// makes sure of.
    private static func isHidden(_ value: some Collection<UInt8>, _ form: Catalogue.Form) -> Bool {
        guard case .reference = form else { return false }
        return hiddenKinds.contains { value.starts(with: "\"\($0)/".utf8) }
    }

    private static let publicFieldsByKind: [String: [String: Catalogue.Form]] = Dictionary(
        uniqueKeysWithValues: Catalogue.current.kinds.map { kind in
            let shown = kind.fields.filter { !$0.isPersonal }
            return (kind.name, Dictionary(uniqueKeysWithValues: shown.map { ($0.name, $0.form) }))
        }
    )

    private static func publicFields(of subject: String) -> [String: Catalogue.Form] {
        publicFieldsByKind[String(subject.prefix { $0 != "/" })] ?? [:]
    }
}
