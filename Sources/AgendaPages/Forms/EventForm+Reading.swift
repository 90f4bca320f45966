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
            subject = checked(Self.subjectName, &faults) { try self.subject(in: Self.subjectName, of: type.kind) }
        }
        let old = try subject.flatMap { isRevision ? try reader.document($0) : nil }
        var words: [String] = []
        // What is required goes along with what was changed, and says nothing new alone.
        var unchanged = 0
        for item in items where item.name != Self.subjectName {
            guard let key = key(of: item) else { continue }
            let isLeft = isAsItWas(item)
            if isLeft == true, !item.isRequired { continue }
            let before = item.key.flatMap { old?.part($0) }
            guard !self[item.name].isEmpty else {
                if item.isRequired {
                    faults[item.name] = reader.visit.say(.neededHere)
                } else if isLeft == false || before != nil {
                    words.append("\(key)=")
                }
                continue
            }
            if item.key == nil, item.name.hasSuffix(".key") { continue }
            let word = checked(item.name, &faults) {
                let pair = "\(key)=\(try text(of: item))"
                let value = try input.data([pair])
                let isAsBefore = isLeft == nil && !item.isRequired && before != nil && value.part(key) == before
                return isAsBefore ? nil : pair
            }
            if let word = word ?? nil {
                words.append(word)
                if isLeft == true { unchanged += 1 }
            }
        }
        words += mapWords(&faults)
        guard faults.isEmpty else { return nil }
        let data = try input.data(words)
        let isEmpty = data.members?.isEmpty ?? true
        if isEmpty || (unchanged > 0 && unchanged == words.count) {
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

    /// The text that a field's value is read from: whom it names, or what was typed.
    private func text(of item: Item) throws -> String {
        if case .reference(let kind) = item.form { return try subject(in: item.name, of: kind) }
        return item.entered(typed[item.name] ?? "")
    }

    private func checked<Value>(
        _ name: String,
        _ faults: inout [String: String],
        _ read: () throws -> Value
    ) -> Value? {
        guard !self[name].isEmpty else {
            faults[name] = reader.visit.say(.neededHere)
            return nil
        }
        do {
            return try read()
        } catch let error as InputError {
            faults[name] = error.message[reader.visit.language]
        } catch {
            faults[name] = "\(error)"
        }
        return nil
    }

    /// `key` of `key=value`; nil for a part of a map whose subject is not known.
    private func key(of item: Item) -> String? {
        if let key = item.key { return key }
        let field = String(item.name.prefix { $0 != "." })
        guard !item.name.hasSuffix(".key") else { return field }
        guard let subject = mapSubject(field) else { return nil }
        return item.name.hasSuffix(".value") ? "\(field).\(subject)" : "\(field).\(subject).\(item.field)"
    }

    private func mapSubject(_ field: String) -> String? {
        guard case .map(let kind, _)? = input.kindField(field)?.form, !self["\(field).key"].isEmpty else { return nil }
        return try? subject(in: "\(field).key", of: kind)
    }

    /// The words for maps whose entries have no parts.
    private func mapWords(_ faults: inout [String: String]) -> [String] {
        var words: [String] = []
        for field in input.fields {
            guard case .map(let kind, let value) = field.form else { continue }
            let names = items.map(\.name).filter { $0.hasPrefix("\(field.name).") }
            let key = "\(field.name).key"
            guard input.isRequired(field) || names.contains(where: { !self[$0].isEmpty }),
                let subject = checked(key, &faults, { try self.subject(in: key, of: kind) })
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
