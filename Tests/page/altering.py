"""A server in between that alters what passes, as somebody on the way could."""
import http.server
import threading
import urllib.error
import urllib.request


class Altering:
    """Gives what another server answers, after `alter(path, body)` had a look at it."""

    def __init__(self, server):
        self.alter = lambda path, body: body
        passing = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                wanted = {name: self.headers[name] for name in ("Accept-Language",) if self.headers[name]}
                try:
                    answer = urllib.request.urlopen(urllib.request.Request(server + self.path, headers=wanted))
                except urllib.error.HTTPError as error:
                    answer = error
                with answer:
                    body = passing.alter(self.path, answer.read())
                    self.send_response(answer.status)
                    for name in ("Content-Type", "Content-Security-Policy"):
                        if answer.headers[name]:
                            self.send_header(name, answer.headers[name])
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def end(self):
        self.listener.shutdown()
        self.thread.join()
        self.listener.server_close()
