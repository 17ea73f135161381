"""A client of HTTP/2 that sends whatever it is told: frames by hyperframe, headers by hpack, and no opinion about either."""

import contextlib
import socket
import ssl

from hpack import Decoder, Encoder
from hpack.exceptions import HPACKError
from hyperframe.frame import (ContinuationFrame, DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame, SettingsFrame,
                              WindowUpdateFrame)

PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
WAIT_S = 60


class Gone(Exception):
    """The connection has ended, by GOAWAY or without."""


class RawHttp2:
    def __init__(self, port, certificate):
        context = ssl.create_default_context(cafile=certificate)
        context.set_alpn_protocols(['h2'])
        self.plain = socket.create_connection(('127.0.0.1', port), WAIT_S)
        self.connection = context.wrap_socket(self.plain, server_hostname='127.0.0.1')
        assert self.connection.selected_alpn_protocol() == 'h2'
        self.encoder, self.decoder = Encoder(), Decoder()
        self.received = b''
        self.answers = {}  # by stream: [status, headers, body, whether it is complete]
        self.is_leaving = False
        self.next_stream = 1
        self.send(PREFACE, SettingsFrame(0))

    def close(self):
        self.connection.close()

    def send(self, *parts):
        data = b''.join(part.serialize() if isinstance(part, Frame) else part for part in parts)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            self.connection.sendall(data)

    def ask(self, headers, body=b'', trailers=None, split=0, is_whole=True):
        """Sends a request and returns its stream. headers: pairs of bytes. split: the head is cut into two frames there. Without
        is_whole nothing says that it has ended."""
        stream, self.next_stream = self.next_stream, self.next_stream + 2
        head = self.encoder.encode(headers, huffman=False)
        frames = [HeadersFrame(stream, head[:split] if split else head)]
        if split:
            frames.append(ContinuationFrame(stream, head[split:]))
        frames[-1].flags.add('END_HEADERS')
        if body:
            frames.append(DataFrame(stream, body))
        if trailers is not None:
            frames.append(HeadersFrame(stream, self.encoder.encode(trailers, huffman=False), flags=['END_HEADERS']))
        if is_whole:
            next(f for f in reversed(frames) if not isinstance(f, ContinuationFrame)).flags.add('END_STREAM')
        self.answers[stream] = [None, [], b'', False]
        self.send(*frames)
        return stream

    def read_exactly(self, size):
        while len(self.received) < size:
            try:
                more = self.connection.recv(65536)
            except (ConnectionError, ssl.SSLError) as error:
                raise Gone from error
            if not more:
                raise Gone
            self.received += more
        data, self.received = self.received[:size], self.received[size:]
        return data

    def read_frame(self):
        frame, size = Frame.parse_frame_header(memoryview(self.read_exactly(9)))
        body = self.read_exactly(size)
        frame.parse_body(memoryview(body))
        answer = self.answers.get(frame.stream_id)
        if isinstance(frame, SettingsFrame) and 'ACK' not in frame.flags:
            self.send(SettingsFrame(0, flags=['ACK']))
        elif isinstance(frame, PingFrame) and 'ACK' not in frame.flags:
            self.send(PingFrame(0, frame.opaque_data, flags=['ACK']))
        elif isinstance(frame, GoAwayFrame):
            self.is_leaving = True
        elif isinstance(frame, HeadersFrame):
            assert 'END_HEADERS' in frame.flags, 'an answer with a long head'
            try:
                headers = self.decoder.decode(frame.data, raw=True)
            except HPACKError as error:
                raise AssertionError('an answer whose head cannot be read') from error
            assert answer is not None, f'an answer on stream {frame.stream_id}, where nothing was asked'
            status = dict(headers).get(b':status')
            if status is not None and not status.startswith(b'1'):
                assert answer[0] is None, f'two answers on stream {frame.stream_id}'
                answer[0], answer[1] = int(status), headers
        elif isinstance(frame, DataFrame):
            answer[2] += frame.data
            self.send(WindowUpdateFrame(0, max(len(body), 1)))
        if answer is not None and ('END_STREAM' in frame.flags or isinstance(frame, RstStreamFrame)):
            answer[3] = True

    def read_answer(self, stream):
        """Status, headers and body; the status is None when there was none."""
        with contextlib.suppress(Gone):
            while not self.answers[stream][3]:
                self.read_frame()
        status, headers, body, _ = self.answers[stream]
        return status, headers, body
