import Files
import Foundation
import LaptopPage

/// A page in a file that leads a browser on to the address of its pages.
///
/// Everybody on a machine sees the arguments of every program. So a browser is given the name of a file that only its
/// owner reads, and finds the secret in there.
struct OpeningFile {
    let path: String

    /// Writes the file, with mode 0600; nil where it can stand nowhere.
    ///
    /// It stands in the user's home. Browsers from snaps read nothing in hidden folders, where the usual replica is,
    /// nor in those for temporary files or of the session. And a new replica's folder has to be empty. Where the home
    /// cannot be written, the folder of the session will do.
    ///
    /// - Parameters:
    ///   - address: where the page leads to, secret included.
    ///   - folders: where the file may stand; the first that takes it, and keeps it from others.
    init?(to address: String, in folders: [String] = Self.folders) {
        guard let port = URLComponents(string: address)?.port else { return nil }
        for folder in folders where folder.hasPrefix("/") {
            let path = "\(folder)/ambit-ui-\(port).html"
            do {
                try SecretFile.write(LeadingPage.html(to: address), at: path, replacing: true)
                // Not where the disk knows nothing of modes.
                _ = try SecretFile.read(path)
                self.path = path
                return
            } catch {
                try? FileEntry(path).remove()
            }
        }
        return nil
    }

    func remove() { try? FileEntry(path).remove() }

    private static var folders: [String] {
        let environment = ProcessInfo.processInfo.environment
        return [environment["HOME"] ?? NSHomeDirectory(), environment["XDG_RUNTIME_DIR"]].compactMap(\.self)
    }
}
