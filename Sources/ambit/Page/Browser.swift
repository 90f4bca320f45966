import Foundation

/// The browser of whoever uses this laptop.
enum Browser {
    /// What opens files in it; nil where there is nothing that does.
    static var program: String? {
        #if os(macOS)
            let places = ["/usr/bin/open"]
        #else
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let folders = path.split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init)
            let places = (folders + ["/usr/bin"]).map { "\($0)/xdg-open" }
        #endif
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Opens a page in a file.
    ///
    /// - Parameters:
    ///   - file: its path; never an address with a secret, since everybody on the machine sees a program's arguments.
    ///   - program: what opens it.
    /// - Throws: where the program cannot be started.
    static func open(_ file: String, with program: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [file]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }
}
