/// Several files of lines, read as one.
///
/// Every file begins a line of its own, also after one that does not end with a newline.
package struct ConcatenatedInput {
    /// The bytes of all files, in order.
    package private(set) var bytes: [UInt8] = []
    /// Where each file's lines begin, counted from 1 through all of them.
    private var starts: [(name: String, line: Int)] = []
    /// The line that the next file begins.
    private var nextLine = 1

    package init() {}

    /// Adds a file's bytes after those that are there.
    package mutating func append(_ contents: [UInt8], named name: String) {
        starts.append((name, nextLine))
        bytes += contents
        nextLine += contents.count { $0 == UInt8(ascii: "\n") }
        if let last = contents.last, last != UInt8(ascii: "\n") {
            bytes.append(UInt8(ascii: "\n"))
            nextLine += 1
        }
    }

    /// The file that has a line, and the line's number in it.
    ///
    /// - Parameter line: counted from 1 through all files.
    /// - Returns: nil before the first file.
    package func place(ofLine line: Int) -> (name: String, line: Int)? {
        starts.last { $0.line <= line }.map { ($0.name, line - $0.line + 1) }
    }
}
