#!/usr/bin/python3
"""Carries TCP connections on: tcp_forward.py LISTEN_HOST:PORT TARGET_HOST:PORT

The app speaks plain HTTP to its own machine only, so a peer in another network namespace reaches the test's coordinator by
one of these on each side. A path that swallows everything ends both ends of a connection after some seconds, as it would
end the app's own.
"""

import socket
import sys
import threading

CONNECT_S = 5
SILENT_MS = 10000


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def watch_silence(end):
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4)
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MS)


def carry(client, target):
    try:
        server = socket.create_connection(target, CONNECT_S)
    except OSError:
        client.close()
        return
    server.settimeout(None)
    for end in (client, server):
        watch_silence(end)
    other = threading.Thread(target=pump, args=(server, client), daemon=True)
    other.start()
    pump(client, server)
    other.join()
    client.close()
    server.close()


def split(text):
    host, port = text.rsplit(':', 1)
    return host, int(port)


def main():
    with socket.create_server(split(sys.argv[1]), backlog=64) as listener:
        print('ready', flush=True)
        while True:
            client, _ = listener.accept()
            threading.Thread(target=carry, args=(client, split(sys.argv[2])), daemon=True).start()


if __name__ == '__main__':
    main()
