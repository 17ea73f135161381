#!/usr/bin/python3
"""What a person reads when something is wrong, in real app windows: test-window-failures.py BUILD_FOLDER.

One clear sentence where the person looks, and nothing that they made is lost. One coordinator without a runner, one window of
the interviewer with the devices of a machine that has none, one of a guest who lacks a part of GStreamer and whose disk is
full, and one in German. The others in the interview are ent-peers. Pictures of every case are kept in
BUILD_FOLDER/screenshots/failures.
"""

import http.server
import os
import re
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import NotSeen, wait_until  # noqa: E402
from room_peers import Peer  # noqa: E402
from tamperer import NewerServer  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
TITLE = 'Backend, first round'
CO_INTERVIEWERS = ('Abel', 'Bela', 'Carl', 'Dora', 'Ezra')  # Ezra's invitation has expired
# All that the app's calls need, but VP8.
PLUGINS = ('coreelements', 'webrtc', 'dtls', 'srtp', 'sctp', 'webrtcdsp', 'nice', 'rtpmanager', 'rtp')


def sentence(text):
    return re.compile(re.escape(text))


class Failures(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'failures')
        self.links = {}
        self.room = None
        self.peers = {}
        self.small = None  # the full disk
        self.newer = None
        # A server, but not one of Entrevue.
        self.stranger = http.server.HTTPServer(('127.0.0.1', 0), http.server.BaseHTTPRequestHandler)
        threading.Thread(target=self.stranger.serve_forever, daemon=True).start()

    @property
    def ines(self):
        return self.windows['ines']

    @property
    def cai(self):
        return self.windows['cai']

    def link(self, room=None, token=None):
        """The candidate's link, with another room or token."""
        link = self.links['candidate']
        return link.replace(self.room, room or self.room).replace(link.split('#')[1], token or link.split('#')[1])

    def peer(self, name, *arguments, password=None):
        folder = os.path.join(self.folder, 'peer-' + name)
        os.mkdir(folder)
        self.peers[name] = Peer(self.build, arguments, folder, password=password, log=self.log)
        return self.peers[name]

    def peer_of_ines(self, name):
        return self.peer(name, '--server', self.server.address, '--email', INES['email'], '--room', self.room,
                         password=INES['password'])

    def tidy_up(self):
        for peer in self.peers.values():
            peer.kill()
        self.stranger.shutdown()
        if self.newer:
            self.newer.__exit__(None, None, None)
        if self.small:
            subprocess.run(['umount', '-l', self.small], check=True)

    @staticmethod
    def try_link(window, link, name='Nobody'):
        window.app.find('text', 'Link').set_text(link)
        window.join_by_link(name)

    def wait_not_joined(self, window, text):
        """Waits until the page says why."""
        window.find('label', 'You could not join')
        window.find('label', sentence(text))
        self.picture('not-joined')

    @staticmethod
    def go_back(window):
        """From a room that did not open: to the link that was entered."""
        window.press_button('Back')
        window.app.wait_gone('label', 'You could not join')

    def say(self, window, text):
        """Waits until a sentence stands in a window, wherever it belongs."""
        return window.find('label', sentence(text))

    # --- links

    def server_starts(self):
        self.server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.server.config, 'w', encoding='utf-8') as config:
            os.chmod(config.name, 0o644)
            config.write('[coordinator]\nregistration = open\n')
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        guests = [option for name in CO_INTERVIEWERS for option in ('--co-interviewer', name)]
        made = self.server.add_interview(TITLE, INES, '--guest', 'Cai', '--observer', 'Hans', *guests)
        self.links = made['links']
        self.room = made['room']
        with sqlite3.connect(os.path.join(self.server.data, 'entrevue.db')) as db:
            db.execute("UPDATE invitation SET expires_at = 1"
                       " WHERE participant IN (SELECT id FROM participant WHERE name = 'Ezra')")
        db.close()

    def malformed_link(self):
        window = self.window('ines', 0, '--media', 'devices', 'entrevue://join/127.0.0.1')
        window.wait_problem('This is not a link to an interview. Copy the whole link from the invitation')

    def garbled_link(self):
        self.try_link(self.ines, self.link(token='garbled' * 6))
        self.wait_not_joined(self.ines, 'This invitation is not right. Check that the link was copied whole.')
        self.go_back(self.ines)
        # What was entered is still there.
        self.ines.press_button('Join')
        self.wait_not_joined(self.ines, 'This invitation is not right.')
        self.go_back(self.ines)

    def link_to_no_interview(self):
        unknown = self.link(room='01890000-0000-7000-8000-000000000000')
        self.try_link(self.ines, unknown.split('#')[0])
        # A stranger is not told which interviews there are.
        self.wait_not_joined(self.ines, 'This link is for people with an account. Sign in first')
        self.go_back(self.ines)
        self.try_link(self.ines, unknown)
        self.wait_not_joined(self.ines, 'This invitation is not right. Check that the link was copied whole.')
        self.go_back(self.ines)

    def link_without_invitation(self):
        self.try_link(self.ines, self.link().split('#')[0])
        self.wait_not_joined(self.ines, 'This link is for people with an account. Sign in first')
        self.go_back(self.ines)

    def expired_link(self):
        self.try_link(self.ines, self.links['co_interviewers'][4])
        self.wait_not_joined(self.ines, 'This invitation has expired. Ask the interviewer for a new link.')
        self.go_back(self.ines)

    def link_to_no_server(self):
        self.try_link(self.ines, self.link().replace(self.server.address[7:], '127.0.0.1:9'))
        self.wait_not_joined(self.ines, 'cannot be reached. Check the address and your network, or try again in a moment.')
        self.go_back(self.ines)

    def link_to_a_newer_server(self):
        self.newer = NewerServer(int(self.server.address.rsplit(':', 1)[1]))
        self.newer.__enter__()
        self.try_link(self.ines, self.link().replace(self.server.address[7:], f'127.0.0.1:{self.newer.port}'))
        self.wait_not_joined(self.ines, 'is too new for this version of the app. Update the app, then try again.')
        self.go_back(self.ines)
        self.ines.press_button('Back')

    # --- signing in

    def sign_in_at_a_newer_server(self):
        self.ines.sign_in(f'http://127.0.0.1:{self.newer.port}', INES['email'], INES['password'])
        self.ines.wait_problem('is too new for this version of the app. Update the app, then try again')

    def sign_in_at_no_server(self):
        for server, problem in (('ftp://example.org', 'is not the address of a server. It looks like'),
                                ('http://example.org', 'must be reached by https'),
                                ('http://127.0.0.1:9', 'cannot be reached. Check the address and your network'),
                                (f'http://127.0.0.1:{self.stranger.server_address[1]}', 'does not answer as an Entrevue server')):
            self.ines.sign_in(server, INES['email'], INES['password'])
            self.ines.wait_problem(problem)

    def wrong_password(self):
        self.ines.sign_in(self.server.address, INES['email'], 'not the password')
        self.ines.wait_problem('The email address or the password is not right. Try again')

    def register(self, email, password):
        self.ines.app.find('text', 'Email').set_text(email)
        self.ines.app.find('text', 'Password').set_text(password)
        self.ines.press_button('Create account')

    def account_that_cannot_be_made(self):
        self.ines.press_button('Create an account')
        # The page of links behind this one has such an entry too.
        names = wait_until(lambda: self.ines.app.all('text', 'Your name')[-2:-1], 'the entry for a name')
        names[0].set_text('Ines')
        self.register(INES['email'], 'short')
        self.ines.wait_problem('This password is too short. Take one of at least')
        self.register('ines', INES['password'])
        self.ines.wait_problem('is not an email address. It looks like')
        self.register(INES['email'], 'quite another password')
        self.ines.wait_problem('There is an account with this address already')

    # --- in the room

    def full_call(self):
        for name, link in zip(CO_INTERVIEWERS[:4], self.links['co_interviewers']):
            self.peer(name, '--link', link, '--name', name)
        for name in CO_INTERVIEWERS[:4]:
            self.peers[name].wait('room', match=lambda e: e['call'] == 'on')
        self.ines.press_button('I have an account')
        self.ines.sign_in(self.server.address, INES['email'], INES['password'])
        self.ines.join_from_list(TITLE)
        self.ines.wait_in_room()
        self.say(self.ines, 'The call is full (4 people). You can edit and chat.')
        self.ines.replace_text('# typed in a full call')
        self.peers['Abel'].wait_text('main.py', lambda text: text == '# typed in a full call')

    def no_camera_microphone_or_sound(self):
        for name in CO_INTERVIEWERS[1:4]:
            self.peers.pop(name).leave()
        self.say(self.ines, 'No camera, microphone or sound output was found. You can read, write and chat.')
        self.peers['Abel'].wait_linked('Ines')

    def no_runner(self):
        self.ines.app.press('ctrl+Return')
        self.say(self.ines, 'Programs cannot be run: no runner is connected to the server. Editing goes on')

    def run_without_a_server(self):
        self.server.kill_coordinator()
        self.say(self.ines, 'The server cannot be reached, so nothing can be run. Run works again when it is back.')
        self.say(self.ines, 'The server cannot be reached. Editing and the call go on')
        self.ines.app.press('ctrl+Return')
        self.picture('run-without-coordinator')
        self.ines.replace_text('# typed without a server')
        self.peers['Abel'].wait_text('main.py', lambda text: text == '# typed without a server')
        self.server.restart_coordinator()
        self.say(self.ines, 'no runner is connected')
        self.ines.wait_kept_edits_gone()

    def second_device(self):
        self.peer_of_ines('second').wait_joined()
        self.say(self.ines, 'You joined this interview on another device. Go on there, or leave here and join again.')
        self.picture('taken-over')
        self.ines.leave()

    # --- a guest whose computer lacks something

    def missing_gstreamer_element(self):
        plugins = os.path.join(self.folder, 'plugins')
        os.mkdir(plugins)
        found = subprocess.run(['pkg-config', '--variable=pluginsdir', 'gstreamer-1.0'], capture_output=True, text=True,
                               check=True).stdout.strip()
        for name in PLUGINS:
            os.symlink(os.path.join(found, f'libgst{name}.so'), os.path.join(plugins, f'libgst{name}.so'))
        data = os.path.join(self.folder, 'cai')
        os.mkdir(data, 0o700)
        if os.getuid() == 0:
            subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=192k', 'tmpfs', data], check=True)
            self.small = data
        window = self.window('cai', 1280, '--media', 'test', self.links['candidate'], environment={
            'GST_PLUGIN_SYSTEM_PATH_1_0': plugins, 'GST_REGISTRY_1_0': os.path.join(self.folder, 'registry'),
            'XDG_DATA_HOME': data})
        window.join_by_link('Cai')
        window.wait_in_room()
        self.say(window, 'Calls do not work on this computer: the GStreamer element “vp8enc” is missing. '
                         'Install the package gstreamer1.0-plugins-good')
        window.type_at_end('!')
        self.peers['Abel'].wait_text('main.py', lambda text: text == '# typed without a server!')

    def full_disk(self):
        if not self.small:
            return 'mounting a small file system needs root'
        long = 'for i in range(10): print(i)\n' * 5000
        self.cai.replace_text(long)
        self.say(self.cai, 'Not kept on this device: the disk is full. Free some space; what you write still goes to the others')
        self.cai.type_at_end('pass')
        self.peers['Abel'].wait_text('main.py', lambda text: text == long + 'pass')
        return None

    def disk_with_room_again(self):
        if not self.small:
            return 'mounting a small file system needs root'
        subprocess.run(['mount', '-o', 'remount,size=8m', self.small], check=True)
        self.cai.app.wait_gone('label', sentence('Not kept on this device'))
        return None

    def removed_by_the_host(self):
        second = self.peers['second']
        cai = second.wait('peer', name='Cai')
        second.send('remove', participant=cai['id'])
        self.say(self.cai, 'The interviewer removed you from this interview. What you wrote stays with the others.')
        self.picture('removed')
        self.cai.leave()
        self.close_window('cai')

    # --- offline

    def opened_without_coordinator(self):
        second = self.peers.pop('second')
        second.insert('main.py', 0, '# seen by the second device\n')
        second.wait_durable()
        second.leave()
        self.server.kill_coordinator()
        self.ines.join_from_list(TITLE)
        self.ines.wait_in_room()
        self.say(self.ines, 'The server cannot be reached. You see what this device has kept')
        self.ines.wait_text(lambda text: text == '# typed without a server', 'what this device had')
        self.ines.replace_text('# typed offline')
        self.picture('offline')
        self.ines.leave()
        self.say(self.ines, 'cannot be reached. Check the address and your network, or try again in a moment. This list is of')

    def typed_offline_is_not_lost(self):
        self.ines.join_from_list(TITLE)
        self.ines.wait_in_room()
        self.ines.wait_text(lambda text: text == '# typed offline', 'what was typed offline')
        self.server.restart_coordinator()
        self.ines.wait_kept_edits_gone()
        self.ines.wait_text(lambda text: '# typed offline' in text and '# seen by the second device' in text, 'both')
        self.peers['Abel'].wait_text('main.py', lambda text: '# typed offline' in text)
        if self.ines.app.first('label', sentence('signed out')):
            raise NotSeen('a quiet return: the old place in the room is nothing to tell of')

    # --- in another language

    def everything_in_german(self):
        german = {'LANGUAGE': 'de', 'ENTREVUE_LOCALE_DIR': os.path.join(self.build, 'po')}
        window = self.window('hans', 1280, '--media', 'none', self.links['co_interviewers'][4], environment=german)
        window.app.find('text', 'Ihr Name').set_text('Hans')
        window.press_button('Beitreten')
        self.say(window, 'Diese Einladung ist abgelaufen. Bitten Sie die Interviewerin oder den Interviewer um einen neuen Link.')
        window.press_button('Zurück')
        window.app.wait_gone('label', 'Sie konnten nicht beitreten')
        window.app.find('text', 'Link').set_text(self.links['observers'][0])
        window.press_button('Beitreten')
        self.say(window, 'Sie beobachten: Sie können mitlesen, aber nicht schreiben.')
        self.server.kill_coordinator()
        self.say(window, 'Der Server ist nicht erreichbar. Schreiben und Anruf gehen weiter')
        self.say(window, 'Der Server ist nicht erreichbar, also lässt sich nichts ausführen.')

    def nothing_is_complained_of(self):
        if self.complaints():
            raise NotSeen(f'no warning, but there is {self.complaints()[0]}')

    CASES = (server_starts, malformed_link, garbled_link, link_to_no_interview, link_without_invitation,
             expired_link, link_to_no_server, link_to_a_newer_server,
             sign_in_at_a_newer_server, sign_in_at_no_server, wrong_password, account_that_cannot_be_made, full_call,
             no_camera_microphone_or_sound, no_runner, run_without_a_server, second_device, missing_gstreamer_element,
             full_disk, disk_with_room_again, removed_by_the_host, opened_without_coordinator, typed_offline_is_not_lost,
             everything_in_german, nothing_is_complained_of)


if __name__ == '__main__':
    sys.exit(Failures(os.path.realpath(sys.argv[1])).run())
