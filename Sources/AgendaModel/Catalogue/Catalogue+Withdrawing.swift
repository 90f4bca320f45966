extension Catalogue {
    /// What a document shows of a subject that was taken back.
    package struct Withdrawal: Hashable, Sendable {
        /// RFC 6901 pointer.
        package var path: String
        /// In JCS form.
        package var value: [UInt8]
    }
}

extension Catalogue.EventType {
    /// What shows that an event of this type takes its subject back; nil for all other types.
    ///
    /// What else is written of the subject then counts for nothing.
    package var withdrawal: Catalogue.Withdrawal? {
        narrowings.lazy.compactMap { name, narrowing in
            let isTakenBack = narrowing.values == ["true"] || narrowing.values == [#""withdrawn""#]
            guard isTakenBack, self.required.contains(name), let value = narrowing.values.first else { return nil }
            return Catalogue.Withdrawal(path: "/\(name)", value: Array(value.utf8))
        }.first
    }
}
