import Testing

/// What a browser sends of the form in a page.
enum SentForm {
    /// - Parameter html: a page with one form of an event.
    /// - Returns: the fields, buttons left out, by their names; as a laptop's page reads them.
    /// - Throws: where there is no such form.
    static func fields(of html: String) throws -> [String: String] {
        let form = try #require(html.firstMatch(of: #/<form class="form"[\s\S]*?</form>/#)).output
        var fields: [String: String] = [:]
        for input in form.matches(of: #/<input ([^>]*)>/#) {
            let attributes = " \(input.output.1)"
            let name = try #require(attributes.firstMatch(of: #/ name="([^"]*)"/#)).output.1
            let value = text(attributes.firstMatch(of: #/ value="([^"]*)"/#)?.output.1 ?? "")
            // A field of one line has no line ends.
            fields[String(name)] = attributes.contains(#"type="hidden""#) ? value : value.filter { !$0.isNewline }
        }
        for area in form.matches(of: #/<textarea [^>]*name="([^"]*)"[^>]*>\n([^<]*)</textarea>/#) {
            fields[String(area.output.1)] = text(area.output.2)
        }
        for choice in form.matches(of: #/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)</select>/#) {
            let chosen = choice.output.2.firstMatch(of: #/<option value="([^"]*)" selected/#)
            fields[String(choice.output.1)] = text(chosen?.output.1 ?? "")
        }
        return fields
    }

    /// A value as a browser reads it out of HTML.
    private static func text(_ html: Substring) -> String {
        var text = String(html).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        for (entity, mark) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replacing(entity, with: mark)
        }
        return text
    }
}
