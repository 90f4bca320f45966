/// A certificate for `localhost`, valid from 2020 to 2120, for tests alone: nobody trusts it unless told to.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBRzCB7qADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
        dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
        bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjDqZoT+VXDVBPOZY
        thJ3H5+Q7dMkTJ1Or3dLLhVHgWSyr2QcgeP4TXjvCWw+w5VxBxff/7lHfop4OLOv
        n8+KKqMvMC0wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8GA1UdEwEB/wQF
        MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAKKkOIIPsnwRBFS3OssHSgdOUe6W78jo
        /JYmilbU6gAcAiAiILc6ZB4M2NKL7zKV6JcBANwNaNNxsI4idvhq2ejuAQ==
        -----END CERTIFICATE-----

        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLMsR6w1zKz/Ksk44
        HiX4N//bCEFuGiUPayMxi7zDt0ahRANCAASMOpmhP5VcNUE85li2Encfn5Dt0yRM
        nU6vd0suFUeBZLKvZByB4/hNeO8JbD7DlXEHF9//uUd+ing4s6+fz4oq
        -----END PRIVATE KEY-----

        """
}
