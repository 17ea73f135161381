"""Somebody who opens one slot after the other over HTTP, and knows which ones were acknowledged."""

import datetime
import uuid

EPOCH = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=2)
LENGTH = datetime.timedelta(minutes=5)
CLIENTS = 4  # so many may be at it at once without an overlap


class SlotClient:
    """Each request has an idempotency key; one that got no answer is sent again with the same."""

    def __init__(self, server, number, org):
        self.server = server
        self.number = number
        self.org = org
        self.count = 0
        self.acknowledged = []  # ids
        self.token = None
        self.pending = None  # key and body of a request without an answer
        self.repeated = 0

    def make_request(self):
        """Key and body for the next slot; its title is its own."""
        starts = EPOCH + (self.number + CLIENTS * self.count) * LENGTH
        self.count += 1
        return str(uuid.uuid4()), {
            'org': self.org, 'title': f'slot {self.number}.{self.count}', 'starts': starts.strftime('%Y-%m-%dT%H:%M:%SZ'),
            'ends': (starts + LENGTH).strftime('%Y-%m-%dT%H:%M:%SZ')}

    def open_slot(self):
        """The one that is pending, or the next; raises an OSError, and keeps it, when no answer comes."""
        if self.pending is None:
            self.pending = self.make_request()
        else:
            self.repeated += 1
        key, body = self.pending
        status, _, answer = self.server.ask('POST', '/api/slots', body, self.token, {'Idempotency-Key': key})
        assert status == 201, answer
        self.acknowledged.append(answer['id'])
        self.pending = None

    def run(self, stopping):
        """Until it is told to stop, or the server is gone."""
        try:
            while not stopping.is_set():
                self.open_slot()
        except OSError:
            return
