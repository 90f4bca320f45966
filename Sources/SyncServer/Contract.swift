/// The contract of the protocol's JSON parts, as `Protocol/openapi.yaml` has it.
enum Contract {
    static let text = ""
}
