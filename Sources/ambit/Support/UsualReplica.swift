import Foundation

/// The replica that commands use when none is named.
enum UsualReplica {
    /// The folder in which a replica is made when nobody names another: `AMBIT_DIR`, or `ambit` among the user's data.
    ///
    /// Where that is: `XDG_DATA_HOME` of the XDG Base Directory Specification, `~/.local/share` when it is not set.
    ///
    /// - Throws: `Failure` for a variable that would say it, and is not UTF-8.
    static var home: String {
        get throws {
            func folder(_ name: String) throws -> String? {
                try Arguments.variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
            }
            if let folder = try Arguments.variable("AMBIT_DIR"), !folder.isEmpty { return folder }
            if let data = try folder("XDG_DATA_HOME") { return data + "/ambit" }
            // What a shell calls ~, which need not be where the user's account has it.
            return try (folder("HOME") ?? NSHomeDirectory()) + "/.local/share/ambit"
        }
    }

    /// The current folder where that is a replica, else the usual one if there is one.
    ///
    /// - Throws: as `home`.
    static var folder: String {
        get throws {
            if isReplica(".") { return "." }
            let home = try home
            return isReplica(home) ? home : "."
        }
    }

    static func isReplica(_ folder: String) -> Bool {
        ["log.sqlite", "enrolment.json"].contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
}
