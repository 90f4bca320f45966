"""Connections to a server with a certificate that nobody vouches for: one that stays open, and whether it is answered."""
import socket
import ssl

from waiting import HANGS


def connect(host, port):
    """A connection with TLS; who the server is has to be seen from its certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((host, port), timeout=HANGS))


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
