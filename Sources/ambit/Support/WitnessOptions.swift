import AgendaModel
import ArgumentParser
import EventLog
import Wording

/// Who must have cosigned a checkpoint.
struct WitnessOptions: ParsableArguments {
    @Option(
        help: .told(
            "The verifier key of a witness that must have cosigned the checkpoint; may be given several times.",
            valueName: "vkey"
        )
    )
    var witness: [String] = []

    @Option(
        help: .told("How many of the witnesses must have, when not all of them.", valueName: "count")
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
    func words(_ localizer: Localizer) -> String {
        // What cannot be written as a date is shown as it is.
        let isDate = (0..<253_402_300_800).contains(time)
        let moment = isDate ? localizer.moment(Timestamp(millisecondsSince1970: time * 1000)) : "\(time)"
        return localizer.message(.cosignedBy, ["name": name, "time": moment])
    }
}
