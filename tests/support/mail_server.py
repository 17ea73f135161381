"""A mail server in a thread that keeps what it gets, in order.

    with MailServer() as mail:
        server = BareCoordinator(program, mail.config)
        ...
        text = mail.wait_for('ada@example.org', 'Set a new password')
"""

import email
import email.policy
import threading

from aiosmtpd.controller import Controller

PATIENCE_S = 60


class FreePort(Controller):
    """On a port that the kernel chooses, which aiosmtpd alone would not look up."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    def __init__(self):
        self.condition = threading.Condition()
        self.messages = []
        self.controller = FreePort(self, hostname='127.0.0.1', port=0)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    @property
    def config(self):
        return f'smtp-url = smtp://127.0.0.1:{self.controller.port}\nsmtp-security = none\nmail-from = entrevue@example.org\n'

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        with self.condition:
            self.messages.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=email.policy.default)))
            self.condition.notify_all()
        return '250 taken'

    def wait_for(self, address, subject, count=1):
        """The text of the count-th message with this subject to this address; an AssertionError when it does not come."""
        def find():
            return [message for to, message in self.messages if to == address and message['Subject'] == subject]

        with self.condition:
            assert self.condition.wait_for(lambda: len(find()) >= count, PATIENCE_S), f'no mail {subject!r} to {address}'
            message = find()[count - 1]
        return message.get_body(('plain',)).get_content()
