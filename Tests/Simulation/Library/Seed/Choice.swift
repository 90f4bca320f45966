/// Something that can happen next.
struct Choice {
    /// How likely it is, beside the others.
    let weight: Int
    /// For the trace.
    let what: String
    let act: (World) async throws -> Void

    init(_ weight: Int, _ what: String, _ act: @escaping (World) async throws -> Void) {
        self.weight = weight
        self.what = what
        self.act = act
    }
}
