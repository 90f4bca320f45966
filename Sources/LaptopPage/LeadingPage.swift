/// A page that only leads on to another, without scripts.
package enum LeadingPage {
    /// The page, in both languages.
    ///
    /// - Parameter address: where it leads to; none that needs escaping in HTML.
    /// - Returns: HTML.
    package static func html(to address: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="nl">
        <head>
        <meta charset="utf-8">
        <title>Ambit</title>
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta http-equiv="refresh" content="0; url=\(address)">
        </head>
        <body>
        <p><a href="\(address)">Naar de agenda</a></p>
        <p lang="en"><a href="\(address)">To the agenda</a></p>
        </body>
        </html>

        """
    }
}
