package import AgendaModel

/// What is known of the place where an agenda's data stands, for whoever runs the server; asked anew each time.
package struct AgendaPlace: Sendable {
    /// Why the data can only be read at the moment, in words; nil when it can be written.
    package var obstacle: @Sendable () -> String?
    /// How many bytes can still be written; nil when nobody can tell.
    package var freeBytes: @Sendable () -> Int?
    /// How long the log is on the disk, in bytes; nil when nobody can tell.
    package var logBytes: @Sendable () -> Int?
    /// When the newest backup was made; nil when there is none that this server knows of.
    package var lastBackup: @Sendable () -> Timestamp?
    /// What was written there of the devices that were seen; nil when nothing was.
    package var readDevicesSeen: @Sendable () -> [UInt8]?
    /// Keeps what was seen of devices, whole or not at all; losing it harms nothing.
    package var writeDevicesSeen: @Sendable ([UInt8]) -> Void

    package init(
        obstacle: @escaping @Sendable () -> String? = { nil },
        freeBytes: @escaping @Sendable () -> Int? = { nil },
        logBytes: @escaping @Sendable () -> Int? = { nil },
        lastBackup: @escaping @Sendable () -> Timestamp? = { nil },
        readDevicesSeen: @escaping @Sendable () -> [UInt8]? = { nil },
        writeDevicesSeen: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) {
        self.obstacle = obstacle
        self.freeBytes = freeBytes
        self.logBytes = logBytes
        self.lastBackup = lastBackup
        self.readDevicesSeen = readDevicesSeen
        self.writeDevicesSeen = writeDevicesSeen
    }
}
