import Foundation

/// The replica that commands use when none is named.
enum UsualReplica {
    /// The folder in which a replica is made when nobody names another: `AMBIT_DIR`, or `ambit` among the user's data.
    ///
    /// Where that is: `XDG_DATA_HOME` of the XDG Base Directory Specification, `~/.local/share` when it is not set.
    static var home: String {
        let environment = ProcessInfo.processInfo.environment
        func folder(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let folder = environment["AMBIT_DIR"], !folder.isEmpty { return folder }
        // What a shell calls ~, which need not be where the user's account has it.
        let data = folder("XDG_DATA_HOME") ?? (folder("HOME") ?? NSHomeDirectory()) + "/.local/share"
        return data + "/ambit"
    }

    /// The current folder where that is a replica, else the usual one if there is one.
    static var folder: String {
        !isReplica(".") && isReplica(home) ? home : "."
    }

    static func isReplica(_ folder: String) -> Bool {
        ["log.sqlite", "enrolment.json"].contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
}
