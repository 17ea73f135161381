"""Requests that two readers could cut differently, and what came of them.

Each form has a second request, GET /health/live, somewhere in or behind its body; whoever cuts differently from the one before takes it
for a request of its own.
"""

import json
import re

HIDDEN = 'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
HIDDEN_ROUTE = 'route="/health/live"'
START = 'POST /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n'
TYPE = 'Content-Type: application/json\r\n'

ENCODINGS = (
    'Transfer-Encoding: chunked', 'Transfer-Encoding : chunked', 'Transfer-Encoding\t: chunked', 'Transfer-Encoding: xchunked',
    'Transfer-Encoding:\tchunked', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x', 'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
    ' Transfer-Encoding: chunked', 'X: x\nTransfer-Encoding: chunked', 'X: x\rTransfer-Encoding: chunked', 'Transfer-Encoding:\r\n chunked',
    'X: x\r\n Transfer-Encoding: chunked', 'Transfer-Encoding: \x0bchunked', 'Transfer-Encoding: "chunked"', 'Transfer_Encoding: chunked',
    'Transfer-Encoding: identity, chunked', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding: chunked\0', 'Transfer-Encoding: cHuNkEd',
    'Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: \xa0chunked', 'Transfer-Encoding;: chunked', '\0Transfer-Encoding: chunked')

LENGTHS = (
    'Content-Length: 0\r\nContent-Length: {n}', 'Content-Length: {n}\r\nContent-Length: 0', 'Content-Length: {n}\r\nContent-Length: {n}',
    'Content-Length: {n}, {n}', 'Content-Length: 0, {n}', 'Content-Length: +{n}', 'Content-Length: 0x{n:x}', 'Content-Length: {n} 0',
    'Content-Length: -0', 'Content-Length: 0\r\n {n}', 'Content-Length:\r\n {n}', 'Content_Length: {n}', 'Content-Length : {n}',
    'X: x\nContent-Length: {n}', 'X: x\rContent-Length: {n}', ' Content-Length: {n}', 'Content-Length: {n}\0', 'Content-Length: \x0b{n}',
    'Content-Length: 00000000000000000000{n}', 'Content-Length: 18446744073709551616', 'Content-Length: {n};', 'Content-Length: ')


def _chunk(text):
    return f'{len(text):x}\r\n{text}\r\n'


def _list_forms():
    whole = _chunk(HIDDEN) + '0\r\n\r\n'
    hidden_behind = '0\r\n\r\n' + HIDDEN
    for words in ENCODINGS:
        yield 'length, then ' + words, f'{START}{TYPE}Content-Length: {len(hidden_behind)}\r\n{words}\r\n\r\n{hidden_behind}'
        yield 'short length, then ' + words, f'{START}{TYPE}Content-Length: 4\r\n{words}\r\n\r\n{whole}'
        yield words + ', then length', f'{START}{TYPE}{words}\r\nContent-Length: {len(hidden_behind)}\r\n\r\n{hidden_behind}'
    for words in LENGTHS:
        yield words, f'{START}{TYPE}{words.format(n=len(HIDDEN))}\r\n\r\n{HIDDEN}'
    chunked = f'{START}{TYPE}Transfer-Encoding: chunked\r\n\r\n'
    size = f'{len(HIDDEN):x}'
    for name, body in {
            'extension': f'{size};a=b\r\n{HIDDEN}\r\n0\r\n\r\n', 'extension with LF': f'{size};a\n{HIDDEN}\r\n0\r\n\r\n',
            'quoted extension': f'2;a="\r\n{size}\r\n{HIDDEN}\r\n0\r\n\r\n', 'sign': f'+{size}\r\n{HIDDEN}\r\n0\r\n\r\n',
            'hexadecimal': f'0x{size}\r\n{HIDDEN}\r\n0\r\n\r\n', 'minus': f'-1\r\n{HIDDEN}\r\n0\r\n\r\n', 'minus nothing': f'-0\r\n\r\n{HIDDEN}',
            'overflow': f'10000000000000000{size}\r\n{HIDDEN}\r\n0\r\n\r\n', 'bare LF': f'{size}\n{HIDDEN}\n0\n\n',
            'no CRLF behind data': f'1\r\nZ0\r\n\r\n{HIDDEN}', 'other end of data': f'1\r\nZQQ0\r\n\r\n{HIDDEN}',
            'space before size': f' {size}\r\n{HIDDEN}\r\n0\r\n\r\n', 'space behind size': f'{size} \r\n{HIDDEN}\r\n0\r\n\r\n',
            'empty size': f'\r\n{HIDDEN}\r\n0\r\n\r\n', 'no number': f'xyz\r\n{HIDDEN}\r\n0\r\n\r\n',
            'trailer': f'0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}', 'trailer with LF': f'0\r\nX: x\n\r\n{HIDDEN}'}.items():
        yield 'chunks: ' + name, chunked + body
    yield 'old version with chunks', (f'POST /api/nothing HTTP/1.0\r\nHost: 127.0.0.1\r\n{TYPE}Connection: keep-alive\r\n'
                                      f'Transfer-Encoding: chunked\r\n\r\n{hidden_behind}')
    yield 'GET with a body', f'GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}'
    yield 'expected', f'{START}{TYPE}Expect: 100-continue\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}'
    yield 'length of the hop', f'{START}{TYPE}Connection: Content-Length\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}'
    yield 'a socket of no version', ('GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                                     f'Sec-WebSocket-Version: 777\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}')
    yield 'h2c', (f'{START}{TYPE}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
                  f'Content-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}')


# Lines that hold a second head, for those who end lines elsewhere.
_INNER = HIDDEN.rstrip('\r\n')
ODD_HEADS = {
    'bare LF everywhere': f'POST /api/nothing HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 0\n\n{HIDDEN}',
    'an empty line of LF': f'GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nX: x\n\n{_INNER}\r\n\r\n',
    'an empty line of CR': f'GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nX: x\r\r{_INNER}\r\n\r\n',
    'LF in the path': f'GET /api/nothing\n{_INNER}\r\n\r\n',
    'two versions': f'GET /api/nothing HTTP/1.1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'NUL in the path': 'GET /api/nothing\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'another host in the target': 'GET http://192.0.2.1/api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'two hosts': 'GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 192.0.2.1\r\n\r\n',
    'a folded host': 'GET /api/nothing HTTP/1.1\r\nHost:\r\n 127.0.0.1\r\n\r\n',
    'a host with a user': 'GET /api/nothing HTTP/1.1\r\nHost: a@127.0.0.1\r\n\r\n',
    'no host': 'GET /api/nothing HTTP/1.1\r\n\r\n',
}

FORMS = [(name, text.encode('latin-1')) for name, text in (*_list_forms(), *ODD_HEADS.items())]

# Sent with an address that is not the client's: nobody may believe it.
SPOOFED = '192.0.2.9'
SPOOFS = (
    'X-Forwarded-For: {a}', 'x-forwarded-for: {a}', 'X-Forwarded-For : {a}', 'X-Forwarded-For\t: {a}', '\tX-Forwarded-For: {a}',
    'X_Forwarded_For: {a}', 'X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: {a}', 'X: x\r\n X-Forwarded-For: {a}', 'X: x\nX-Forwarded-For: {a}',
    'X: x\rX-Forwarded-For: {a}', 'X-Forwarded-For:\r\n {a}', 'Connection: close, X-Forwarded-For\r\nX-Forwarded-For: {a}',
    'Connection: X-Forwarded-Proto\r\nX-Forwarded-Proto: http', 'X-Forwarded-Proto : http', 'X: x\nX-Forwarded-Proto: http',
    'Forwarded: for={a};proto=http', 'X-Real-IP: {a}', 'X-Forwarded-For: {a}\0', 'X-Forwarded-For: {a}, 127.0.0.1')


def read_answers(data):
    """The answers in what a server has sent: status, head and body of each. Trailing bytes that are none are an error."""
    answers = []
    if data.startswith(b'{'):
        # To a request of HTTP/0.9, which nginx still takes: no head.
        return [(json.loads(data)['status'], b'', data)]
    while data:
        head, separator, rest = data.partition(b'\r\n\r\n')
        assert separator and head.startswith(b'HTTP/1.'), ('this is no answer', data[:200])
        status = int(head.split(b' ', 2)[1])
        if 100 <= status < 200:
            data = rest
            continue
        length = re.search(rb'(?i)\r\ncontent-length: *(\d+)', head)
        if length is not None:
            body, data = rest[:int(length[1])], rest[int(length[1]):]
        elif re.search(rb'(?i)\r\ntransfer-encoding: *chunked', head):
            body, data = _read_chunks(rest)
        elif status in (204, 304):
            body, data = b'', rest
        else:
            body, data = rest, b''
        answers.append((status, head, body))
    return answers


def _read_chunks(data):
    body = b''
    while True:
        size, _, data = data.partition(b'\r\n')
        length = int(size.split(b';')[0], 16)
        body, data = body + data[:length], data[length + 2:]
        if length == 0:
            return body, data


def count_hidden(metrics):
    """How often the hidden request was answered, by the server's own counters; and all requests."""
    rows = re.findall(r'^entrevue_http_requests_total\{([^}]*)\} (\d+)', metrics, re.M)
    return sum(int(n) for labels, n in rows if HIDDEN_ROUTE in labels), sum(int(n) for _, n in rows)
