"""Somebody between a peer and the server who changes what the server says: fingerprints, or its version."""

import re
import socket
import threading

FINGERPRINT = re.compile(rb'(sha-256 )([0-9A-Fa-f]{2})')
PROTOCOLS = re.compile(rb'("protocols"\s*:\s*\[\s*)\d')


class Tamperer:
    """A TCP relay in front of a server on this machine. Lengths stay, so that frames stay whole."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.n_changed = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(('127.0.0.1', self.target))
            threading.Thread(target=self._pump, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, self._change), daemon=True).start()

    def _change(self, data):
        def other(match):
            return match[1] + (b'00' if match[2] != b'00' else b'11')

        changed, count = FINGERPRINT.subn(other, data)
        self.n_changed += count
        return changed

    @staticmethod
    def _pump(source, target, change):
        try:
            while data := source.recv(262144):
                target.sendall(change(data) if change else data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class NewerServer(Tamperer):
    """The server seems to speak a later version of the protocol only."""

    def _change(self, data):
        changed, count = PROTOCOLS.subn(rb'\g<1>9', data)
        self.n_changed += count
        return changed


class Misprinter(Tamperer):
    """Puts other letters into what the server says, as many of them, until stopped: whoever reads it has another text."""

    def __init__(self, target, letters, others):
        super().__init__(target)
        self.letters = letters
        self.others = others
        self.is_on = True

    def _change(self, data):
        if not self.is_on:
            return data
        self.n_changed += data.count(self.letters)
        return data.replace(self.letters, self.others)
