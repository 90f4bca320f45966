import EventLog

extension InviteCode {
    /// What to say where the code of an invite that has just been made gets to nobody.
    static func loss(of code: String) -> String {
        let id = id(of: code)
        return "the invite \(id) stays open, and nobody knows its code; ambit invite withdraw \(id) takes it back"
    }
}
