"""Dials a port of its own forty times when it is told `dial`, and answers one letter for each: r for refused, c for connected."""
import os
import re
import socket
import sys


def dial(family, address):
    with socket.socket(family) as s:
        try:
            s.connect(address)
        except ConnectionRefusedError:
            return "r"
        return "c"


def dial_unix():
    path = os.path.join(os.environ["TMPDIR"], "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        letter = dial(socket.AF_UNIX, path)
    os.unlink(path)
    return letter


def seccomp():
    with open("/proc/self/status") as status:
        return re.search(r"^Seccomp:\s*(\d+)", status.read(), re.M).group(1)


port = int(sys.argv[1])
listener = socket.create_server(("127.0.0.1", port))
peer = socket.create_server(("127.0.0.1", port + 1), backlog=1024)
answers = {
    "dial": lambda: "".join(dial(socket.AF_INET, ("127.0.0.1", port + 1)) for _ in range(40)),
    "dial mapped": lambda: dial(socket.AF_INET6, ("::ffff:127.0.0.1", port + 1)),
    "unix": dial_unix,
    "seccomp": seccomp,
}
while True:
    client, _ = listener.accept()
    command = client.recv(64).decode().strip()
    if command:
        client.sendall((answers[command]() + "\n").encode())
    client.close()
