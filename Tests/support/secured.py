"""A certificate that nobody vouches for, connections to a server that shows it, and whether one is answered."""
import os
import socket
import ssl
import subprocess

from waiting import HANGS


def context():
    """TLS of a client; who the server is has to be seen from its certificate."""
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


def make_certificate(folder):
    """Paths of a new certificate of this machine's own address, and of its key."""
    certificate, key = (os.path.join(folder, name) for name in ("certificate.pem", "key.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key


def connect(host, port):
    """A connection with TLS."""
    return context().wrap_socket(socket.create_connection((host, port), timeout=HANGS))


def is_answered(connection):
    """Whether one more request over the connection is answered."""
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = b""
    while b"ok\n" not in answer:
        piece = connection.recv(4096)
        if not piece:
            return False
        answer += piece
    return answer.startswith(b"HTTP/1.1 200")
