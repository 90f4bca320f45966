import Foundation

/// The last word on a disk that became full between two looks at it.
enum FullDisk {
    /// Says why the process ends when a part of a file that is used as memory is not there (SIGBUS).
    ///
    /// What was stored is whole then, as after any other end.
    static func noteLoss() { signal(SIGBUS, sayThatRoomIsGone) }
}

/// Makes only calls that a signal's handler may make (signal-safety(7)).
private func sayThatRoomIsGone(_: CInt) {
    let message: StaticString = """
        ambit: a file in use is gone, or there is no room for it: the disk may be full. Nothing is half stored; free some \
        space, then try again.

        """
    _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    _exit(1)
}
