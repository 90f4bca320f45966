internal import Foundation

/// How much memory this process may have: that of the machine, or the part of it that its control group has.
enum ProcessMemory {
    /// In bytes.
    static var bytes: Int {
        limit(ofMachine: ProcessInfo.processInfo.physicalMemory) { path in
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// - Parameters:
    ///   - physical: the memory of the machine, in bytes.
    ///   - file: the contents of a file of the system; nil where there is none.
    /// - Returns: the least of that and the limits of the control groups, in bytes.
    static func limit(ofMachine physical: UInt64, reading file: (String) -> String?) -> Int {
        let groups = (file("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap(limitFiles)
        let limits = groups.compactMap { path in
            file(path).flatMap { UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        return Int(clamping: limits.reduce(physical, min))
    }

    /// Where the limits of a line of `/proc/self/cgroup` stand, of the group and those that it is in (cgroups(7)).
    private static func limitFiles(_ line: Substring) -> [String] {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return [] }
        let place: (root: String, file: String)
        if parts[1].isEmpty {
            place = ("/sys/fs/cgroup", "memory.max")
        } else if parts[1].split(separator: ",").contains("memory") {
            place = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
        } else {
            return []
        }
        var folders = [place.root]
        for name in parts[2].split(separator: "/") { folders.append("\(folders[folders.count - 1])/\(name)") }
        return folders.map { "\($0)/\(place.file)" }
    }
}
