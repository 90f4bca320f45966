import Synchronization
import SystemPackage

@testable import Files

/// Calls of the operating system, of which one fails.
final class BrokenCalls: Sendable {
    /// What happens at the call that fails.
    enum Fault: Sendable {
        /// It does nothing and says why; the calls after it work.
        case error(Errno)
        /// The process ends, or the power goes: neither this call nor any after it does anything.
        case cut
    }

    private struct State {
        var made: [String] = []
        var isCut = false
    }

    private let state = Mutex(State())
    private let number: Int
    private let fault: Fault
    private let shortWrites: Bool

    /// - Parameters:
    ///   - number: which call fails, counted from 0; closing included.
    ///   - fault: what happens there.
    ///   - shortWrites: whether a write takes one byte at a time.
    init(failing number: Int = .max, with fault: Fault = .cut, shortWrites: Bool = false) {
        self.number = number
        self.fault = fault
        self.shortWrites = shortWrites
    }

    /// The calls so far, by name, the failed one included.
    var made: [String] { state.withLock { $0.made } }

    private func count(_ name: String) throws(Errno) {
        let failure = state.withLock { state -> Errno? in
            if state.isCut { return .ioError }
            state.made.append(name)
            guard state.made.count - 1 == number else { return nil }
            switch fault {
            case .error(let error): return error
            case .cut:
                state.isCut = true
                return .ioError
            }
        }
        if let failure { throw failure }
    }

    var calls: FileCalls {
        let system = FileCalls.system
        return FileCalls(
            create: { (path, permissions) throws(Errno) in
                try self.count("create")
                return try system.create(path, permissions)
            },
            setPermissions: { (file, permissions) throws(Errno) in
                try self.count("setPermissions")
                try system.setPermissions(file, permissions)
            },
            write: { (file, bytes) throws(Errno) in
                try self.count("write")
                return try system.write(file, self.shortWrites ? .init(rebasing: bytes.prefix(1)) : bytes)
            },
            sync: { (file) throws(Errno) in
                try self.count("sync")
                try system.sync(file)
            },
            close: { (file) throws(Errno) in
                // A process that has ended has no open files either.
                try system.close(file)
                try self.count("close")
            },
            rename: { (path, other) throws(Errno) in
                try self.count("rename")
                try system.rename(path, other)
            },
            link: { (path, other) throws(Errno) in
                try self.count("link")
                try system.link(path, other)
            },
            unlink: { (path) throws(Errno) in
                try self.count("unlink")
                try system.unlink(path)
            },
            makeFolder: { (path, permissions) throws(Errno) in
                try self.count("makeFolder")
                try system.makeFolder(path, permissions)
            },
            syncFolder: { (path) throws(Errno) in
                try self.count("syncFolder")
                try system.syncFolder(path)
            }
        )
    }
}
