/// The names that subjects of refused events have got, kept among the replica's facts: refused events that mention them
/// may be re-recorded much later.
struct IDMapping {
    private static let prefix = "renamed "

    /// The present name of every subject that was renamed, however often.
    let current: [String: String]

    init(_ facts: [String: String]) {
        var steps: [String: String] = [:]
        for (key, subject) in facts where key.hasPrefix(Self.prefix) {
            steps[String(key.dropFirst(Self.prefix.count))] = subject
        }
        current = steps.mapValues { subject in
            var subject = subject
            // There are fewer steps than names, also in a file that somebody has changed.
            var left = steps.count
            while let next = steps[subject], left > 0 {
                subject = next
                left -= 1
            }
            return subject
        }
    }

    /// What to keep of new names.
    static func facts(for names: [String: String], after old: [String: String]) -> [String: String?] {
        var facts: [String: String?] = [:]
        for (subject, name) in names where old[subject] != name { facts[prefix + subject] = name }
        return facts
    }

    /// What to keep when the events that bear new names have been taken back.
    ///
    /// - Parameters:
    ///   - subjects: which are gone.
    ///   - facts: the replica's.
    /// - Returns: the facts that change.
    static func facts(forgetting subjects: Set<String>, in facts: [String: String]) -> [String: String?] {
        var changed: [String: String?] = [:]
        for (key, subject) in facts where key.hasPrefix(prefix) && subjects.contains(subject) {
            changed.updateValue(nil, forKey: key)
        }
        return changed
    }

    /// What to keep when the events of the outbox have become another device's.
    ///
    /// The subjects that they create were called otherwise before, and another copy of the folder may have made
    /// something else under such a name since. So a name is not kept by itself, but only what leads to it. That is the
    /// present name of a refused event's subject, which nobody else can have, or a refused event that mentions it.
    ///
    /// - Parameters:
    ///   - names: the names that the subjects have now, by those that they had.
    ///   - mentioned: the subjects that refused events mention.
    /// - Returns: the facts that change.
    func facts(following names: [String: String], mentioned: Set<String>) -> [String: String?] {
        var facts: [String: String?] = [:]
        for (subject, name) in current { if let name = names[name] { facts[Self.prefix + subject] = name } }
        for subject in mentioned { if let name = names[subject] { facts[Self.prefix + subject] = name } }
        return facts
    }
}
