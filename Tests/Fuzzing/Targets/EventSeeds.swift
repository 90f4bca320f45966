/// Lines to start from; the vectors are in the corpus besides.
enum EventSeeds {
    static let all: [[UInt8]] =
        (data.map { event($0) } + [
            event(#"{"title":"Warmtenet"}"#, type: "project.started", subject: "project/k3j9x2-17"),
            event(#"{"text":"Voorbeeld"}"#, type: "note.added", subject: "note/k3j9x2-17", more: salt),
            event(#"{"name":"Voorbeeld","role":"editor"}"#, type: "member.joined", subject: "member/m1", more: salt),
            event("{}", more: #","traceparent":"00-ab","sampled":true,"rate":0.5"#),
            event(#"{"title":"a"}"#).dropLast() + #","recordedtime":"2026-11-12T10:11:12.123Z"}"#,
            event(#"{"title":"a"}"#, type: "project.revised.v2"),
            #"{"specversion":"1.0","id":"3","source":"device/k3j9x2","type":"note.added","subject":"note/k3j9x2-3","#
                + #""time":"2026-11-12T10:11:12.123Z","basis":0,"erased":["/about","/text"],"redaction":812,"#
                + #""leaf":"aoq1ue299hvxekwfreukT0Z1Epmuubrk0xWqioZ1F44=","recordedtime":"2026-11-12T10:11:13.000Z"}"#,
        ]).map { Array($0.utf8) } + [crowded]

    /// Has extensions, escaped names, empty objects, rewritten values and more than a few members.
    static let crowded = Array(
        event(
            #"{"a\/b":{"":{},"~":[1.0,{"z":1,"y":"\u0061"}]},\#((0..<20).map { "\"m\($0)\":1e\($0 % 9)" }.joined(separator: ","))}"#,
            more: #","one":"\u0031","two":-2,"three":false"#
        ).utf8
    )

    private static let salt = #","salt":"AAECAwQFBgcICQoLDA0ODw""#

    private static let data = [
        "{}", #"{"title":"a"}"#, #"{"title":null}"#, #"{"phase":"realisation"}"#, #"{"a":{"b":{"c":{}}}}"#,
        #"{"n":[0,-0,1.50,1e21,1E-7,123456789012345678,0.000001,9007199254740991]}"#,
        #"{"s":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t\u001f é😀"}"#, #"{"\u0061":1,"b~/c":2,"é":3}"#,
        #"{"partners":{"organisation/k3j9x2-1":{"role":"lead"},"organisation/k3j9x2-2":null}}"#,
        #"{"a":[[[{"b":[{"c":null}]}]]]}"#,
    ]

    static func event(
        _ data: String,
        type: String = "project.revised",
        subject: String = "project/k3j9x2-4",
        id: Int = 17,
        source: String = "device/k3j9x2",
        basis: Int = 4107,
        more: String = ""
    ) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)","subject":"\#(subject)","#
            + #""time":"2026-11-12T10:11:12.123Z","basis":\#(basis),"data":\#(data)\#(more)}"#
    }
}
