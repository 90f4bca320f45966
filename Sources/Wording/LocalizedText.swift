/// A text in each language.
package struct LocalizedText: Hashable, Sendable {
    package var english: String
    package var dutch: String

    init(_ english: String, _ dutch: String) {
        self.english = english
        self.dutch = dutch
    }

    /// What the body says in each language.
    package init(_ body: (Language) -> String) {
        self.init(body(.english), body(.dutch))
    }

    package subscript(language: Language) -> String {
        switch language {
        case .english: english
        case .dutch: dutch
        }
    }
}
