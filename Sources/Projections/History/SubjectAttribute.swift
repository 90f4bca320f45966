#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The attribute that an entry about a subject has, whatever the order of its attributes.
///
/// Few other entries have these bytes, so that only few need to be read.
struct SubjectAttribute {
    private let bytes: [UInt8]
    private let slash: Int

    /// nil for text that is no subject.
    init?(_ subject: String) {
        bytes = Array("\"subject\":\"\(subject)\"".utf8)
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        self.slash = slash
    }

    func occurs(in entry: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = entry.baseAddress else { return false }
        var from = slash
        let last = entry.count - (bytes.count - slash)
        while from <= last, let found = memchr(base + from, Int32(UInt8(ascii: "/")), last - from + 1) {
            let at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + at - slash, bytes, bytes.count) == 0 { return true }
            from = at + 1
        }
        return false
    }
}
