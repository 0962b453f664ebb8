"""What a page names that is of the whole machine, and has to be its own."""
import pathlib
import re
import socket

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
# Where an installation has its files.
SYSTEM_PATH = re.compile(r"(?<![\w.~}])(?=/(etc/(kata|systemd)|var/(lib/kata|backups)|run/kata|usr/local|srv|opt/kata)\b)")
PORT = re.compile(r"(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+|(?<=--port )\d+")
POSTGRES = re.compile(r"postgres://kata@[\w.]*example\.org/kata(\?[\w=-]+)?")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return str(server.getsockname()[1])
