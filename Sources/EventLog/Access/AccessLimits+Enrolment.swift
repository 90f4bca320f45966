internal import AgendaModel

extension AccessLimits {
    /// What an enrolment's data says.
    init(_ data: JSONValue) {
        self.init(expires: data["expires"]?.text, readsPublicOnly: data["reads"]?.text == "public")
    }

    /// As an enrolment's data has them.
    var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if let expires { members.append(JSONValue.Member("expires", .string(expires))) }
        if readsPublicOnly { members.append(JSONValue.Member("reads", .string("public"))) }
        return members
    }
}
