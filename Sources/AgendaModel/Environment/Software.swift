/// This software, as exports and servers name it.
package enum Software {
    package static let name = "ambit"
    /// Semantic version (semver.org).
    package static let version = "0.1.0"
    /// `<name> <version>`.
    package static let description = "\(name) \(version)"
}
