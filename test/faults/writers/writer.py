"""Writes 200 times to a file when it is told to, and answers how many writes failed."""
import os
import socket

listener = socket.create_server(("127.0.0.1", 7000))
while True:
    client, _ = listener.accept()
    if client.recv(64):
        file = os.open(os.path.join(os.environ["TMPDIR"], "data"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        errors = 0
        for _ in range(200):
            try:
                os.write(file, b"0123456789")
            except OSError:
                errors += 1
        os.close(file)
        print('{"msg":"done","errors":%d}' % errors, flush=True)
        client.sendall(b"%d\n" % errors)
    client.close()
