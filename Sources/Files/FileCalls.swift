package import SystemPackage

/// The calls of the operating system that change what is on a disk.
///
/// They are a parameter of everything that writes. So a test can have any one of them fail, or be the last one before
/// the power goes.
package struct FileCalls: Sendable {
    /// Makes an empty file and opens it for writing; `fileExists` where there is anything, a dangling link too.
    package var create: @Sendable (_ path: String, _ permissions: FilePermissions) throws(Errno) -> FileDescriptor
    /// Gives an open file exactly these permissions, whatever the process's mask.
    package var setPermissions: @Sendable (FileDescriptor, FilePermissions) throws(Errno) -> Void
    /// Writes the beginning of the bytes, and says how many that were.
    package var write: @Sendable (FileDescriptor, UnsafeRawBufferPointer) throws(Errno) -> Int
    /// Has what was written to an open file last through a power cut.
    package var sync: @Sendable (FileDescriptor) throws(Errno) -> Void
    /// Closes a file; it is closed when this fails, too.
    package var close: @Sendable (FileDescriptor) throws(Errno) -> Void
    /// Gives a file or folder another name, atomically; a file that has it is replaced.
    package var rename: @Sendable (_ path: String, _ other: String) throws(Errno) -> Void
    /// Gives a file a second name, atomically; `fileExists` where there is anything.
    package var link: @Sendable (_ path: String, _ other: String) throws(Errno) -> Void
    /// Takes a file's name away.
    package var unlink: @Sendable (_ path: String) throws(Errno) -> Void
    /// Makes a folder; `fileExists` where there is anything.
    package var makeFolder: @Sendable (_ path: String, _ permissions: FilePermissions) throws(Errno) -> Void
    /// Has the names that a folder holds last through a power cut.
    package var syncFolder: @Sendable (_ path: String) throws(Errno) -> Void

    package init(
        create: @escaping @Sendable (_ path: String, _ permissions: FilePermissions) throws(Errno) -> FileDescriptor,
        setPermissions: @escaping @Sendable (FileDescriptor, FilePermissions) throws(Errno) -> Void,
        write: @escaping @Sendable (FileDescriptor, UnsafeRawBufferPointer) throws(Errno) -> Int,
        sync: @escaping @Sendable (FileDescriptor) throws(Errno) -> Void,
        close: @escaping @Sendable (FileDescriptor) throws(Errno) -> Void,
        rename: @escaping @Sendable (_ path: String, _ other: String) throws(Errno) -> Void,
        link: @escaping @Sendable (_ path: String, _ other: String) throws(Errno) -> Void,
        unlink: @escaping @Sendable (_ path: String) throws(Errno) -> Void,
        makeFolder: @escaping @Sendable (_ path: String, _ permissions: FilePermissions) throws(Errno) -> Void,
        syncFolder: @escaping @Sendable (_ path: String) throws(Errno) -> Void
    ) {
        self.create = create
        self.setPermissions = setPermissions
        self.write = write
        self.sync = sync
        self.close = close
        self.rename = rename
        self.link = link
        self.unlink = unlink
        self.makeFolder = makeFolder
        self.syncFolder = syncFolder
    }
}
