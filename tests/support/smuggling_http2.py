"""Requests of HTTP/2 that become others when somebody writes them down as HTTP/1.1 without care.

Each form hides GET /health/live in a field, in a body or between two fields of the same name.
"""

HIDDEN = b'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
LENGTH = str(len(HIDDEN)).encode()
CHUNKS = b'%x\r\n%s\r\n0\r\n\r\n' % (len(HIDDEN), HIDDEN)
BEHIND = b'0\r\n\r\n' + HIDDEN
PSEUDO = ((b':method', b'POST'), (b':scheme', b'https'), (b':authority', b'127.0.0.1'), (b':path', b'/api/nothing'))
TYPE = (b'content-type', b'application/json')
ENCODED = (b'transfer-encoding', b'chunked')

LAST = ((b':method', b'GET'), (b':scheme', b'https'), (b':authority', b'127.0.0.1'), (b':path', b'/health'))


def _change(**changes):
    """The four fields with some of them changed, or left out when None."""
    fields = ((name, changes.get(name[1:].decode(), value)) for name, value in PSEUDO)
    return [(name, value) for name, value in fields if value is not None]


def _list_encodings():
    for value in (b'chunked', b'Chunked', b'identity', b'xchunked', b'chunked, identity', b'identity, chunked', b' chunked', b'\tchunked',
                  b'\x0bchunked', b'chunked\0', b'chunked\r\nx: x', b'', b'gzip'):
        yield b'transfer-encoding: ' + value, [*PSEUDO, TYPE, (b'transfer-encoding', value)], BEHIND
        yield b'length and transfer-encoding: ' + value, [*PSEUDO, TYPE, (b'content-length', b'%d' % len(BEHIND)), (b'transfer-encoding', value)], BEHIND
    for name in (b'Transfer-Encoding', b'transfer_encoding', b'transfer-encoding ', b' transfer-encoding', b'transfer-encoding:', b'\0transfer-encoding',
                 b'transfer-encoding\t', b'transfer-encoding\r', b'\ntransfer-encoding', b'TRANSFER-ENCODING'):
        yield b'name ' + name, [*PSEUDO, TYPE, (name, b'chunked')], BEHIND
    yield b'two encodings', [*PSEUDO, TYPE, ENCODED, ENCODED], BEHIND
    yield b'chunks', [*PSEUDO, TYPE, ENCODED], CHUNKS


def _list_lengths():
    for value in (b'0', b'1', b'%d' % (len(HIDDEN) - 1), b'%d' % (len(HIDDEN) + 1), b'99999', b'+' + LENGTH, b'-0', b'-1', b'0x' + LENGTH, LENGTH + b' 0',
                  b'0, ' + LENGTH, LENGTH + b', ' + LENGTH, b' ' + LENGTH, LENGTH + b'\r\nx: x', b'', b'x', LENGTH + b'\0',
                  b'18446744073709551616', b'000000000000000000000' + LENGTH):
        yield b'content-length: ' + value, [*PSEUDO, TYPE, (b'content-length', value)], HIDDEN
    yield b'two lengths', [*PSEUDO, TYPE, (b'content-length', b'0'), (b'content-length', LENGTH)], HIDDEN
    yield b'two lengths, the other way', [*PSEUDO, TYPE, (b'content-length', LENGTH), (b'content-length', b'0')], HIDDEN
    yield b'one length twice', [*PSEUDO, TYPE, (b'content-length', LENGTH), (b'content-length', LENGTH)], HIDDEN
    yield b'Content-Length: 0', [*PSEUDO, TYPE, (b'Content-Length', b'0')], HIDDEN
    yield b'a length and no body', [*PSEUDO, TYPE, (b'content-length', LENGTH)], b''
    yield b'GET with a body', [*_change(method=b'GET'), (b'content-length', LENGTH)], HIDDEN
    yield b'GET with a body of no length', _change(method=b'GET'), HIDDEN
    yield b'HEAD with a body', _change(method=b'HEAD'), HIDDEN


def _list_fields():
    """A head that ends in the middle of a name or of a value."""
    for name, end in ((b'CR LF', b'\r\n'), (b'LF', b'\n'), (b'CR', b'\r'), (b'NUL', b'\0')):
        second = end + end + HIDDEN
        yield name + b' in a value', [*PSEUDO, TYPE, (b'x-a', b'a' + second)], b''
        yield name + b' in a name', [*PSEUDO, TYPE, (b'x-a: a' + second + b'x', b'a')], b''
        yield name + b' and a field in a value', [*PSEUDO, TYPE, (b'x-a', b'a' + end + b'Transfer-Encoding: chunked')], BEHIND
        yield name + b' and a field in a name', [*PSEUDO, TYPE, (b'x-a: a' + end + b'transfer-encoding', b'chunked')], BEHIND
        yield name + b' and a length in a value', [*PSEUDO, TYPE, (b'x-a', b'a' + end + b'Content-Length: 0')], HIDDEN
        yield name + b' in a cookie', [*PSEUDO, (b'cookie', b'a=b' + second)], b''
        yield name + b' in a host', [*PSEUDO, (b'host', b'127.0.0.1' + second)], b''
        yield name + b' in an agent', [*PSEUDO, (b'user-agent', b'a' + second)], b''
        yield name + b' at the end of a value', [*PSEUDO, TYPE, (b'x-a', b'a' + end)], HIDDEN
        # Whose words a proxy believes.
        yield name + b' and an address', [*PSEUDO, (b'x-a', b'a' + end + b'X-Forwarded-For: 192.0.2.9')], b''
        inner = b' HTTP/1.1' + end + b'Host: 127.0.0.1' + second
        yield name + b' in the method', _change(method=b'GET /health/live HTTP/1.1' + end + b'Host: 127.0.0.1' + end + end + b'POST'), b''
        yield name + b' in the path', _change(path=b'/api/nothing' + inner), b''
        yield name + b' in the authority', _change(authority=b'127.0.0.1' + second), b''
        yield name + b' in the scheme', _change(scheme=b'https' + second), b''
    yield b'a colon in a name', [*PSEUDO, TYPE, (b'transfer-encoding: chunked, x', b'a')], BEHIND
    yield b'a space in a name', [*PSEUDO, TYPE, (b'x a', b'a')], b''
    yield b'no name', [*PSEUDO, TYPE, (b'', b'transfer-encoding: chunked')], BEHIND
    yield b'a name of high bytes', [*PSEUDO, TYPE, (b'\xff\xfe', b'a')], b''


def _list_pseudo():
    twice = {b':method': b'GET', b':path': b'/health/live', b':authority': b'192.0.2.1', b':scheme': b'http'}
    for name, value in twice.items():
        yield name + b' twice', [*PSEUDO, (name, value)], b''
        yield name + b' twice, the other one first', [(name, value), *PSEUDO], b''
        yield name + b' behind a field', [*PSEUDO, TYPE, (name, value)], b''
        yield b'no ' + name, _change(**{name[1:].decode(): None}), b''
        yield b'nothing in ' + name, _change(**{name[1:].decode(): b''}), b''
    yield b'all of them twice', [*PSEUDO, *PSEUDO], b''
    yield b'an unknown one', [*PSEUDO, (b':x', b'a')], b''
    yield b'a status', [*PSEUDO, (b':status', b'200')], b''
    yield b'a colon alone', [*PSEUDO, (b':', b'a')], b''
    yield b':path in capitals', [*PSEUDO, (b':PATH', b'/health/live')], b''
    for path in (b'/api/nothing HTTP/1.1', b'/api/nothing /health/live', b'/api/nothing\tHTTP/1.1', b' /health/live', b'api/nothing', b'*', b'?/health/live',
                 b'http://192.0.2.1/api/nothing', b'//192.0.2.1/api/nothing', b'/api/nothing#/health/live', b'/api/nothing\x7f', b'/api/nothing\xff',
                 b'/api/nothing%0d%0a%0d%0aGET%20/health/live%20HTTP/1.1%0d%0a%0d%0a', b'/api/nothing%20HTTP/1.1', b'/api/nothing%00',
                 b'/' + b'a' * 20000):
        yield b'path ' + path[:60], _change(path=path), b''
    for method in (b'GET /health/live', b'POST /health/live HTTP/1.1', b' GET', b'GET ', b'get', b'G\tET', b'G(ET', b'CONNECT', b'OPTIONS', b'TRACE', b'PRI',
                   b'\xc7ET', b'A' * 5000):
        yield b'method ' + method[:40], _change(method=method), HIDDEN
    for scheme in (b'http', b'HTTPS', b'https://127.0.0.1/health/live?', b'https /health/live', b'x', b'file', b'\0'):
        yield b'scheme ' + scheme, _change(scheme=scheme), b''
    for authority in (b'a@127.0.0.1', b'127.0.0.1/health/live', b'127.0.0.1:x', b'127.0.0.1 x', b'127.0.0.1, 192.0.2.1', b'\0', b'[::1', b'192.0.2.1',
                      b'127.0.0.1?/health/live', b'127.0.0.1#'):
        yield b'authority ' + authority, _change(authority=authority), b''


def _list_hosts():
    for host in (b'192.0.2.1', b'127.0.0.1:1', b'', b'a@127.0.0.1', b'127.0.0.1/health/live', b'127.0.0.1, 192.0.2.1', b'127.0.0.1 192.0.2.1'):
        yield b'authority and host ' + host, [*PSEUDO, (b'host', host)], b''
        yield b'host alone ' + host, [*_change(authority=None), (b'host', host)], b''
    yield b'two hosts', [*PSEUDO, (b'host', b'127.0.0.1'), (b'host', b'192.0.2.1')], b''
    yield b'two hosts without authority', [*_change(authority=None), (b'host', b'127.0.0.1'), (b'host', b'192.0.2.1')], b''


def _list_hops():
    """Fields of one connection, which HTTP/2 does not have."""
    for name, value in ((b'connection', b'keep-alive'), (b'connection', b'close'), (b'connection', b'content-length'), (b'connection', b'x-forwarded-for'),
                        (b'connection', b'upgrade'), (b'keep-alive', b'timeout=9'), (b'proxy-connection', b'keep-alive'), (b'upgrade', b'h2c'),
                        (b'upgrade', b'websocket'), (b'te', b'trailers'), (b'te', b'gzip, trailers'), (b'te', b'chunked'), (b'trailer', b'content-length'),
                        (b'http2-settings', b'AAMAAABkAAQAAP__'), (b'expect', b'100-continue'), (b'expect', b'x'), (b'x-http-method-override', b'GET'),
                        (b'x-original-url', b'/health/live'), (b'x-rewrite-url', b'/health/live'), (b'x-forwarded-for', b'192.0.2.9')):
        yield name + b': ' + value, [*PSEUDO, TYPE, (b'content-length', LENGTH), (name, value)], HIDDEN
    yield b'a socket by upgrade', [*_change(method=b'GET', path=b'/api/sync/x'), (b'upgrade', b'websocket'), (b'connection', b'upgrade'),
                                   (b'sec-websocket-version', b'13'), (b'sec-websocket-key', b'dGhlIHNhbXBsZSBub25jZQ==')], HIDDEN
    yield b'a socket by connect', [*_change(method=b'CONNECT', path=b'/api/sync/x'), (b':protocol', b'websocket')], HIDDEN


FORMS = [(name.decode('latin-1'), headers, body, {})
         for list_forms in (_list_encodings, _list_lengths, _list_fields, _list_pseudo, _list_hosts, _list_hops)
         for name, headers, body in list_forms()]
FORMS += [
    ('trailers with a length', [*PSEUDO, TYPE], HIDDEN, {'trailers': [(b'content-length', b'0')]}),
    ('trailers with an encoding', [*PSEUDO, TYPE], BEHIND, {'trailers': [ENCODED]}),
    ('trailers with a path', [*PSEUDO, TYPE], HIDDEN, {'trailers': [(b':path', b'/health/live')]}),
    ('trailers with a second head', [*PSEUDO, TYPE], b'{}', {'trailers': [(b'x-a', b'a\r\n\r\n' + HIDDEN)]}),
    ('trailers with a whole request', [*PSEUDO, TYPE], b'{}', {'trailers': list(_change(method=b'GET', path=b'/health/live'))}),
    ('a head in two frames', [*PSEUDO, TYPE, (b'x-a', b'a\r\n\r\n' + HIDDEN)], b'', {'split': 20}),
    ('a head cut in a name', [*PSEUDO, TYPE, ENCODED], BEHIND, {'split': 30}),
]
