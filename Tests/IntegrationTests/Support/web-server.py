#!/usr/bin/env python3
"""A server for tests: prints its port, and answers as the path says. What it was sent goes to the file `requests`.

web-server.py DIRECTORY [CERTIFICATE KEY]; on the port $PORT if there is one

/status/CODE        with that status          /retry/SECONDS     429 with Retry-After
/hang               never                     /reset             closes the connection with a reset
/redirect           302                       /flood             200 with 100 MB
/slow               200, of which the second half never comes
/together/COUNT     200, once so many requests are there
/told               as the body says: `hold` gets 200 once a `release` has come; what else it is, is sent as the status line
"""
import json, os, socket, ssl, struct, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

directory = sys.argv[1]
lock = threading.Lock()
released = threading.Event()
arrival = threading.Condition()
arrived = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock, open(os.path.join(directory, "requests"), "a") as file:
            headers = {name.lower(): value for name, value in self.headers.items()}
            line = {"method": self.command, "path": self.path, "headers": headers, "body": body.decode("latin-1")}
            file.write(json.dumps(line) + "\n")
        _, what, *rest = self.path.split("/")
        if what == "status":
            self.answer(int(rest[0]), b"said " + body)
        elif what == "retry":
            self.answer(429, b"later", {"Retry-After": rest[0].replace("_", " ")})
        elif what == "hang":
            threading.Event().wait()
        elif what == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif what == "redirect":
            self.answer(302, b"", {"Location": "/status/200"})
        elif what == "flood":
            self.answer(200, b"x" * 100_000_000)
        elif what == "slow":
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"12345")
            self.wfile.flush()
            threading.Event().wait()
        elif what == "together":
            count = int(rest[0])
            with arrival:
                arrived.append(self)
                arrival.notify_all()
                arrival.wait_for(lambda: len(arrived) >= count)
            self.answer(200, b"together")
        elif what == "told" and body == b"hold":
            released.wait()
            self.answer(200, b"held")
        elif what == "told" and body == b"release":
            released.set()
            self.answer(200, b"released")
        elif what == "told":
            self.wfile.write(body + b"\r\nContent-Length: 2\r\n\r\nok")

    do_GET = do_PUT = do_POST

    def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass                                # it has heard enough

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


server = Server(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
