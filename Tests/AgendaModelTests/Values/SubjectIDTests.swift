import AgendaModel
import Testing

struct SubjectIDTests {
    @Test("A name may be written whole, or as its id alone")
    func written() {
        #expect(MemberID(written: "k3j9x2") == "member/k3j9x2")
        #expect(MemberID(written: "member/k3j9x2") == "member/k3j9x2")
        #expect(DeviceID(written: "k3j9x2") == "device/k3j9x2")
    }

    @Test("Another kind's name does not become one of this kind")
    func otherKind() {
        #expect(!MemberID.isValid(MemberID(written: "device/k3j9x2").rawValue))
    }
}
