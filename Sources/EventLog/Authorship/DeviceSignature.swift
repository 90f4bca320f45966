package import AgendaModel

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What a device says when it vouches for entries of its own: the data of a `device.signed`.
///
/// The rules are in "Authorship" of Protocol/Log.md.
package struct DeviceSignature: Hashable, Sendable {
    /// The type of the events that hold one.
    package static let type = "device.signed"
    /// How their lines say so.
    ///
    /// No other event has these bytes: within a text quotes are escaped, and no member of any data is called `type`.
    package static let typeAttribute = Array(#""type":"\#(type)""#.utf8)
    /// The most entries that one signature covers: bounds what a server reads to check it.
    package static let maximumEntries = 1000
    /// The most signatures in one push: bounds how long a server checks them while others wait.
    package static let maximumPerPush = 100
    private static let length = 64

    /// The counter of the first entry that it covers.
    package let from: Counter
    /// The counter of the last one.
    package let through: Counter
    /// How many it covers.
    package let count: Int
    /// Ed25519, 64 bytes.
    package let signature: [UInt8]

    /// Vouches for entries.
    ///
    /// - Returns: nil for no entries, or more than `maximumEntries`.
    package init?(on entries: CoveredEntries, of device: DeviceID, origin: String, by key: DeviceKey) {
        guard let from = entries.from, let through = entries.through, entries.count <= Self.maximumEntries else {
            return nil
        }
        self.from = from
        self.through = through
        count = entries.count
        signature = key.sign(Self.message(on: entries, of: device, origin: origin, from: from, through: through))
    }

    /// Reads an event's data.
    ///
    /// - Returns: nil when the counters are no counters in order, the count is none, or the signature has not its form.
    package init?(data: UnsafeBufferPointer<UInt8>) {
        guard let fields = try? JSONValue(parsing: data), let from = fields["from"]?.integer,
            let through = fields["through"]?.integer, let count = fields["count"]?.integer,
            1 <= from, from <= through, through < 1 << 53, count >= 1,
            let signature = fields["signature"]?.text.flatMap({ Base64.decode($0) }), signature.count == Self.length
        else { return nil }
        self.from = Counter(from)
        self.through = Counter(through)
        self.count = count
        self.signature = signature
    }

    /// The data of an event that holds it.
    package var json: String {
        #"{"from":\#(from),"through":\#(through),"count":\#(count),"signature":"\#(Base64.encode(signature))"}"#
    }

    /// Holds it against the entries that it has to cover.
    ///
    /// - Parameters:
    ///   - entries: those of the device that no signature covers yet, up to and including `through`; at most one more than
    ///     `maximumEntries`.
    ///   - device: whose entries they are.
    ///   - origin: of the log.
    ///   - key: the public key that the device enrolled with; nil when it has none.
    /// - Returns: what is wrong with it; nil when it holds.
    package func fault(on entries: CoveredEntries, of device: DeviceID, origin: String, by key: [UInt8]?)
        -> SignatureFault?
    {
        guard let key, key.count == 32 else { return .noKey }
        guard count <= Self.maximumEntries else { return .tooMany }
        guard from == entries.from, through == entries.through, count == entries.count else { return .otherEntries }
        let message = Self.message(on: entries, of: device, origin: origin, from: from, through: through)
        return DeviceKey.isValid(signature, of: message, by: key) ? nil : .doesNotHold
    }

    /// The bytes that are signed.
    private static func message(
        on entries: CoveredEntries,
        of device: DeviceID,
        origin: String,
        from: Counter,
        through: Counter
    ) -> [UInt8] {
        Array(
            """
            ambit-device-signature/v1
            \(origin)
            \(device)
            \(from)
            \(through)
            \(entries.digest.base64)

            """.utf8
        )
    }
}
