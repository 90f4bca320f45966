/// What browsers are told about every page: nothing of it comes from elsewhere, and no other site shows it within its own.
package enum PageSafety {
    /// Names and values of header fields.
    package static let headers = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        // The path of a laptop's pages is a secret: no other site, nor another port, hears where somebody came from. With
        // `no-referrer` forms would not say where they come from either.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
}
