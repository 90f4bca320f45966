package import EventLog

extension DeviceKey {
    /// Another key each time, of nobody.
    package static func generate() -> DeviceKey {
        var random = SystemRandomNumberGenerator()
        guard let key = try? make(random: { count in (0..<count).map { _ in .random(in: 0...255, using: &random) } })
        else {
            preconditionFailure("32 bytes make a key")
        }
        return key
    }
}
