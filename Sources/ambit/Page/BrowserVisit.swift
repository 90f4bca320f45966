import Synchronization

/// The way of a browser to the pages, from the terminal on.
final class BrowserVisit: Sendable {
    /// There until a browser has come, or the program ends.
    private let file = Mutex<OpeningFile?>(nil)

    /// Opens the browser; where that cannot be done, the address has been printed.
    func begin(at address: String) {
        guard let program = Browser.program else { return }
        guard let opening = OpeningFile(to: address) else {
            Output.note("ambit: the browser cannot be opened; open the printed address in it yourself")
            return
        }
        file.withLock { $0 = opening }
        do {
            try Browser.open(opening.path, with: program)
        } catch {
            end()
            Output.note("ambit: the browser cannot be opened; open the printed address in it yourself")
        }
    }

    /// Takes away what leads to the address, a while after somebody was let in.
    ///
    /// The secret is worth nothing by then. Somebody else's program may have used it. The owner's browser, which may be
    /// slow to start, is then still led to the page that says so.
    func hasCome() {
        Task {
            try? await Task.sleep(for: .seconds(30))
            end()
        }
    }

    /// Takes away what leads to the address.
    func end() {
        file.withLock { file in
            file?.remove()
            file = nil
        }
    }
}
