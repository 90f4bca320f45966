extension DeviceID {
    /// The device whose event created a subject, as the subject's name says.
    ///
    /// - Parameter subject: `<kind>/<device id>-<counter>`; nil for names that were given, or made by the server.
    public init?(creatorOf subject: String) {
        guard let slash = subject.firstIndex(of: "/"), let dash = subject.lastIndex(of: "-"), slash < dash else {
            return nil
        }
        let name = Self.prefix + subject[slash..<dash].dropFirst()
        guard Self.isValid(name) else { return nil }
        self.init(unchecked: name)
    }
}
