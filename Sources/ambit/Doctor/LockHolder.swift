import Files
import Foundation

/// Who holds a lock on a file, where the system tells.
enum LockHolder {
    /// A process that holds a lock on the file and does not run, because somebody has stopped it (SIGSTOP, Ctrl-Z).
    ///
    /// - Returns: its number; nil where there is none, or on a system that does not say.
    static func stopped(holding path: String) -> Int? { all(holding: path).first(where: isStopped) }

    /// Whether a process holds a lock on the file; false on a system that does not say.
    static func isHeld(_ path: String) -> Bool { !all(holding: path).isEmpty }

    private static func all(holding path: String) -> [Int] {
        guard let number = FileIdentity(path)?.number else { return [] }
        // proc_locks(5): "1: FLOCK  ADVISORY  WRITE 2433 08:01:1234 0 EOF".
        let locks = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
        return locks.split(separator: "\n").compactMap { line -> Int? in
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", words[5].split(separator: ":").last == "\(number)" else {
                return nil
            }
            return Int(words[4])
        }
    }

    /// By proc_pid_stat(5): the state is the first word after the name, which stands in parentheses.
    private static func isStopped(_ process: Int) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let state = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst().first
        else { return false }
        return state == "T" || state == "t"
    }
}
