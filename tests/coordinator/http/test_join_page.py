#!/usr/bin/env python3
"""The pages behind an https join link and an invitation into an organisation, in Chromium: they lead into the app with the whole
link, say what to do without it, work without JavaScript, and tell no server the token.

    test_join_page.py COORDINATOR [PICTURES]

With a folder for PICTURES it leaves one of each there, to be looked at.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from web_socket import WebSocket  # noqa: E402

PROGRAM = sys.argv[1]
PICTURES = sys.argv[2] if len(sys.argv) > 2 else None
BROWSER = shutil.which('chromium')
PATIENCE_S = 60
TOKEN = 'Zt9vN5xXyQ_token-of-an-invitation-0123456789'


class Ear(threading.Thread):
    """Passes everything on to the server and keeps what the browser said."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.to = port
        self.heard = b''
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                browser, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(('127.0.0.1', self.to))
            threading.Thread(target=self.pass_on, args=(browser, server, True), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, browser, False), daemon=True).start()

    def pass_on(self, source, target, keeps):
        with source:
            try:
                while data := source.recv(65536):
                    if keeps:
                        self.heard += data
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


class Browser:
    """Chromium, driven by its own protocol: one page."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix='entrevue-chromium-')
        self.process = subprocess.Popen(
            [BROWSER, '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
             '--remote-debugging-port=0', '--remote-allow-origins=*', f'--user-data-dir={self.profile}', 'about:blank'],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while 'DevTools listening on' not in (line := self.process.stderr.readline()):
            if not line:
                raise AssertionError('Chromium does not start')
        self.drain = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.drain.start()
        self.port = int(line.rsplit(':', 1)[1].split('/')[0])
        self.count = 0
        self.events = []
        self.socket = WebSocket(self, '/devtools/page/' + self.find_page())

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.port), PATIENCE_S)

    def find_page(self):
        with urllib.request.urlopen(f'http://127.0.0.1:{self.port}/json/list', timeout=PATIENCE_S) as answer:
            return next(page['id'] for page in json.load(answer) if page['type'] == 'page')

    def call(self, method, **parameters):
        self.count += 1
        self.socket.send(json.dumps({'id': self.count, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self.socket.read())
            if message.get('id') == self.count:
                if 'error' in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message['result']
            self.events.append(message)

    def wait_for(self, method):
        while True:
            for event in self.events:
                if event.get('method') == method:
                    self.events.remove(event)
                    return event['params']
            self.events.append(json.loads(self.socket.read()))

    def open(self, url, has_scripts=True):
        self.call('Page.enable')
        self.call('Emulation.setScriptExecutionDisabled', value=not has_scripts)
        self.call('Page.navigate', url=url)
        self.wait_for('Page.loadEventFired')

    def find(self, selector):
        root = self.call('DOM.getDocument')['root']['nodeId']
        return self.call('DOM.querySelector', nodeId=root, selector=selector)['nodeId']

    def read_attribute(self, selector, name):
        words = self.call('DOM.getAttributes', nodeId=self.find(selector))['attributes']
        return dict(zip(words[::2], words[1::2]))[name]

    def read_page(self):
        return self.call('DOM.getOuterHTML', nodeId=self.find('html'))['outerHTML']

    def click(self, selector):
        corners = self.call('DOM.getBoxModel', nodeId=self.find(selector))['model']['content']
        where = {'x': (corners[0] + corners[4]) / 2, 'y': (corners[1] + corners[5]) / 2, 'button': 'left', 'clickCount': 1}
        self.call('Input.dispatchMouseEvent', type='mousePressed', **where)
        self.call('Input.dispatchMouseEvent', type='mouseReleased', **where)

    def take_picture(self, path, width, height):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)
        with open(path, 'wb') as file:
            file.write(base64.b64decode(self.call('Page.captureScreenshot')['data']))

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.drain.join()
        self.process.stderr.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class JoinPage(unittest.TestCase):
    def setUp(self):
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.server.add_people()
        self.room, _ = self.server.add_room()
        self.ear = Ear(self.server.port)
        self.addCleanup(self.ear.close)
        self.url = f'http://127.0.0.1:{self.ear.port}/join/{self.room}#{TOKEN}'
        self.link = f'entrevue://join/127.0.0.1:{self.server.port}/{self.room}'
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    def take_picture(self, name, width, height):
        if PICTURES is not None:
            self.browser.take_picture(os.path.join(PICTURES, name + '.png'), width, height)

    def expect_silence(self, path=None):
        """The server has seen the page asked for, and nothing of the token."""
        self.assertIn(f'GET {path or "/join/" + self.room} '.encode(), self.ear.heard)
        self.assertNotIn(TOKEN.encode(), self.ear.heard)
        self.assertNotIn(b'Referer', self.ear.heard)

    def test_with_scripts(self):
        self.browser.open(self.url)
        self.assertEqual(self.browser.read_attribute('#open', 'href'), f'{self.link}#{TOKEN}')
        self.assertIn('Install it', self.browser.read_page())
        self.take_picture('join-wide', 1000, 700)
        self.take_picture('join-narrow', 360, 640)
        # The click asks for the app, with the whole link.
        self.browser.click('#open')
        self.assertEqual(self.browser.wait_for('Page.frameRequestedNavigation')['url'], f'{self.link}#{TOKEN}')
        self.expect_silence()

    def test_without_scripts(self):
        """The link cannot have the token then, and the page says what to do with its address instead."""
        self.browser.open(self.url, has_scripts=False)
        self.assertEqual(self.browser.read_attribute('#open', 'href'), self.link)
        self.assertIn('paste the whole address of this page', self.browser.read_page())
        self.take_picture('join-without-scripts', 1000, 700)
        self.expect_silence()

    def test_a_link_to_book_with(self):
        link = f'entrevue://book/127.0.0.1:{self.server.port}'
        self.browser.open(f'http://127.0.0.1:{self.ear.port}/book#{TOKEN}')
        self.assertEqual(self.browser.read_attribute('#open', 'href'), f'{link}#{TOKEN}')
        self.assertIn('Book a time', self.browser.read_page())
        self.expect_silence('/book')

    def test_an_invitation(self):
        link = f'entrevue://invite/127.0.0.1:{self.server.port}'
        self.browser.open(f'http://127.0.0.1:{self.ear.port}/invite#{TOKEN}')
        self.assertEqual(self.browser.read_attribute('#open', 'href'), f'{link}#{TOKEN}')
        self.assertIn('Join an organisation', self.browser.read_page())
        self.expect_silence('/invite')


if __name__ == '__main__':
    if BROWSER is None:
        print('chromium is not installed: apt install chromium')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
