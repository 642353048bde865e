"""Answers every HTTP request by a name: name.py NAME PORT ADDRESS. Says "ready" once it is bound."""

import http.server
import sys


class Name(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = sys.argv[1].encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        pass


server = http.server.ThreadingHTTPServer((sys.argv[3], int(sys.argv[2])), Name)
print("ready", flush=True)
server.serve_forever()
