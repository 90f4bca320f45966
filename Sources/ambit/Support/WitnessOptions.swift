import AgendaModel
import ArgumentParser
import EventLog

/// Who must have cosigned a checkpoint.
struct WitnessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The verifier key of a witness that must have cosigned the checkpoint; may be given several times.",
            valueName: "vkey"
        )
    )
    var witness: [String] = []

    @Option(
        help: ArgumentHelp("How many of the witnesses must have, when not all of them.", valueName: "count")
    )
    var quorum: Int?

    func validate() throws {
        if let quorum, !(1...max(1, witness.count)).contains(quorum) || witness.isEmpty {
            throw ValidationError("--quorum takes a number from 1 to that of the --witness that are given.")
        }
        do {
            _ = try policy()
        } catch {
            throw ValidationError("--witness: \(error.message)")
        }
    }

    /// nil when nobody has to.
    func policy() throws(LogError) -> WitnessPolicy? {
        guard !witness.isEmpty else { return nil }
        var keys: [CosignerKey] = []
        for text in witness { keys.append(try CosignerKey(text)) }
        return try WitnessPolicy(witnesses: keys, quorum: quorum)
    }
}

/// A witness that has cosigned, in JSON.
struct CosignedBy: Encodable {
    var name: String
    /// Seconds since 1970, by the witness's clock.
    var time: Int

    /// For people.
    var words: String {
        // What cannot be written as a date is shown as it is.
        let isDate = (0..<253_402_300_800).contains(time)
        return "\(isDate ? Timestamp(millisecondsSince1970: time * 1000).description : "\(time)") by \(name)"
    }
}
