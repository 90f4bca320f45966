import Foundation
import Wording

/// The last word on a disk that became full between two looks at it.
enum FullDisk {
    /// Says why the process ends when a part of a file that is used as memory is not there (SIGBUS).
    ///
    /// What was stored is whole then, as after any other end.
    static func noteLoss() {
        let english = """
            ambit: a file in use is gone, or there is no room for it: the disk may be full. Nothing is half stored; free some \
            space, then try again.

            """
        let message = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1024)
        let (_, end) = message.initialize(from: Language.spoken.words(of: english).utf8)
        lossMessage = UnsafeBufferPointer(rebasing: message[..<end])
        signal(SIGBUS, sayThatRoomIsGone)
    }
}

/// Written once, before the handler is set, and kept to the end of the process.
nonisolated(unsafe) private var lossMessage = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

/// Makes only calls that a signal's handler may make (signal-safety(7)).
private func sayThatRoomIsGone(_: CInt) {
    _ = write(STDERR_FILENO, lossMessage.baseAddress, lossMessage.count)
    _exit(1)
}
