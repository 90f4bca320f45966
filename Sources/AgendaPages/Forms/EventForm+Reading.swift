internal import AgendaModel
internal import Projections
package import TypedInput
internal import Wording

// What somebody typed, as an event.

extension EventForm {
    /// The event that was typed; nil when something is wrong, which stands beside the fields then.
    ///
    /// - Throws: what reading throws, but for what is wrong with the input.
    package mutating func read() throws -> TypedEvent? {
        var faults: [String: String] = [:]
        let event = try read(noting: &faults)
        self.faults = faults
        for item in items { try offer(for: item) }
        return faults.isEmpty ? event : nil
    }

    private func read(noting faults: inout [String: String]) throws -> TypedEvent? {
        var subject: String?
        if !type.isCreating {
            subject = checked(Self.subjectName, &faults) { try input.subject(meaning: $0) }
        }
        let old = try subject.flatMap { isRevision ? try reader.document($0) : nil }
        var words: [String] = []
        for item in items where item.name != Self.subjectName {
            guard let key = try key(of: item) else { continue }
            let before = item.key.flatMap { old?.part($0) }
            guard !self[item.name].isEmpty else {
                if item.isRequired {
                    faults[item.name] = reader.visit.say(.neededHere)
                } else if before != nil {
                    words.append("\(key)=")
                }
                continue
            }
            if item.key == nil, item.name.hasSuffix(".key") { continue }
            let word = checked(item.name, &faults) { text in
                let value = try input.data(["\(key)=\(text)"])
                let isAsBefore = !item.isRequired && before != nil && value.part(key) == before
                return isAsBefore ? nil : "\(key)=\(text)"
            }
            if let word = word ?? nil { words.append(word) }
        }
        words += mapWords(&faults)
        guard faults.isEmpty else { return nil }
        let data = try input.data(words)
        if data.members?.isEmpty ?? true {
            let first = items.first { $0.name != Self.subjectName }?.name
            faults[first ?? Self.subjectName] = reader.visit.say(.pageNothingChanged)
            return nil
        }
        return TypedEvent(type: type.name, subject: subject, data: data)
    }

    /// Says of a field what the event's checks had against it.
    package mutating func add(fault: String, of field: String? = nil) {
        faults[field ?? items.last?.name ?? Self.subjectName] = fault
    }

    private func checked<Value>(
        _ name: String,
        _ faults: inout [String: String],
        _ read: (String) throws -> Value
    ) -> Value? {
        let text = self[name]
        guard !text.isEmpty else {
            faults[name] = reader.visit.say(.neededHere)
            return nil
        }
        do {
            return try read(text)
        } catch let error as InputError {
            faults[name] = error.message[reader.visit.language]
        } catch {
            faults[name] = "\(error)"
        }
        return nil
    }

    /// `key` of `key=value`; nil for a part of a map whose subject is not known.
    private func key(of item: Item) throws -> String? {
        if let key = item.key { return key }
        let field = String(item.name.prefix { $0 != "." })
        guard !item.name.hasSuffix(".key") else { return field }
        guard let subject = mapSubject(field) else { return nil }
        return item.name.hasSuffix(".value") ? "\(field).\(subject)" : "\(field).\(subject).\(item.field)"
    }

    private func mapSubject(_ field: String) -> String? {
        guard case .map(let kind, _)? = input.kindField(field)?.form, !self["\(field).key"].isEmpty else { return nil }
        return try? input.subject(meaning: self["\(field).key"], of: kind)
    }

    /// The words for maps whose entries have no parts.
    private func mapWords(_ faults: inout [String: String]) -> [String] {
        var words: [String] = []
        for field in input.fields {
            guard case .map(let kind, let value) = field.form else { continue }
            let names = items.map(\.name).filter { $0.hasPrefix("\(field.name).") }
            guard input.isRequired(field) || names.contains(where: { !self[$0].isEmpty }),
                let subject = checked("\(field.name).key", &faults, { try input.subject(meaning: $0, of: kind) })
            else { continue }
            if isRemoval(field) {
                words.append("\(field.name).\(subject)=")
            } else if value == .present {
                words.append("\(field.name).\(subject)=true")
            } else if let part = names.dropFirst().first, names.dropFirst().allSatisfy({ self[$0].isEmpty }) {
                faults[part] = reader.visit.say(.neededHere)
            }
        }
        return words
    }
}
