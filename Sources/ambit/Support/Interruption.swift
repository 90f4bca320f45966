import Files
import Foundation

/// What is done when somebody ends a command: with Ctrl-C, by closing the terminal, or with `kill`.
enum Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    /// Has the signals that end a command take away first what it was making; it ends by the signal all the same.
    ///
    /// To be called once, before the command begins: commands that end in order take the signals over. What was told to take
    /// no notice of a signal, as by nohup, takes none.
    static func removePassingFiles() {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalled = ends[1]
        Thread.detachNewThread { [reading = ends[0]] in endBySignal(from: reading) }
        for number in signals {
            let former = signal(number, tellOfSignal)
            if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, SIG_IGN) }
        }
    }

    /// Waits for a signal, and ends the process by it.
    private static func endBySignal(from reading: CInt) {
        var number: UInt8 = 0
        while true {
            let count = read(reading, &number, 1)
            if count == 1 { break }
            guard count < 0, errno == EINTR else { return }
        }
        let signal = CInt(number)
        PassingFiles.removeAll {
            // The handler has put back what the signal does by itself.
            kill(getpid(), signal)
            // Where it does nothing: what a shell says of a process that a signal ended.
            _exit(128 + signal)
        }
    }
}

/// Written once, before the handler is set.
nonisolated(unsafe) private var signalled: CInt = -1

/// Makes only calls that a signal's handler may make (signal-safety(7)).
private func tellOfSignal(_ number: CInt) {
    // Whoever does not want to wait sends it again.
    signal(number, SIG_DFL)
    let before = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalled, &byte, 1)
    errno = before
}
