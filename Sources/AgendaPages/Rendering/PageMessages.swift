internal import Mustache
internal import Wording

/// The messages of the templates: `{{w.notSent}}` is the message `pageNotSent` in the page's language.
struct PageMessages: MustacheParent {
    let language: Language

    func child(named name: String) -> Any? { Self.message(name)?.text(language) }

    static func message(_ name: String) -> Message? {
        Message(rawValue: "page" + name.prefix(1).uppercased() + name.dropFirst())
    }
}
