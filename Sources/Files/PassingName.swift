/// What something is called that has its own name only when it is whole.
package enum PassingName {
    /// What such names end in.
    package static let suffix = ".new"

    /// A name beside the one that it will have, and that nobody else takes.
    package static func beside(_ path: String) -> String { "\(path).\(unique)\(suffix)" }

    /// A name in a folder, for what has its place elsewhere.
    package static func inside(_ folder: String) -> String { "\(folder)/\(unique)\(suffix)" }

    private static var unique: UInt64 { UInt64.random(in: .min ... .max) }
}
