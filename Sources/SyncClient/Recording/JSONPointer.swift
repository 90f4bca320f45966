/// RFC 6901 pointers, and RFC 7396 merge patches that write to where they lead.
enum JSONPointer {
    /// The names that a pointer is made of, unescaped; nil for text that is no pointer to a member.
    static func names(_ pointer: String) -> [String]? {
        guard pointer.hasPrefix("/") else { return nil }
        var names: [String] = []
        for piece in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let name = unescaped(piece) else { return nil }
            names.append(name)
        }
        return names
    }

    private static func unescaped(_ piece: Substring) -> String? {
        var result = ""
        var rest = piece.makeIterator()
        while let character = rest.next() {
            guard character == "~" else {
                result.append(character)
                continue
            }
            switch rest.next() {
            case "0": result.append("~")
            case "1": result.append("/")
            default: return nil
            }
        }
        return result
    }
}

extension JSONValue {
    /// Puts a value into an object, making the objects on the way there.
    mutating func write(_ value: JSONValue, at names: ArraySlice<String>) {
        guard let name = names.first else {
            self = value
            return
        }
        var members: [Member] = []
        if case .object(let present) = self { members = present }
        let index = members.firstIndex { $0.name == name } ?? members.count
        if index == members.count { members.append(Member(name, .object([]))) }
        members[index].value.write(value, at: names.dropFirst())
        self = .object(members)
    }

    /// The value with a patch merged into it (RFC 7396): null removes.
    func merged(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members: [Member] = []
        if case .object(let present) = self { members = present }
        for change in changes {
            let index = members.firstIndex { $0.name == change.name }
            if change.value == .null {
                if let index { members.remove(at: index) }
            } else if let index {
                members[index].value = members[index].value.merged(with: change.value)
            } else {
                members.append(Member(change.name, JSONValue.null.merged(with: change.value)))
            }
        }
        return .object(members)
    }
}
