#!/usr/bin/env python3
"""The npm packages that tests talk to are there, or it is said why not: with an npm that plays its part."""

import os
import subprocess
import tempfile
import unittest

INSTALL = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..', 'build-aux', 'install-npm.sh')

# It says $WORDS and fails as often as $FAILURES holds, then installs; each call and each pause leaves a line in calls.
NPM = '''#!/bin/sh
[ "$1" = config ] && echo https://registry.example/ && exit 0
echo npm >> "$CALLS"
if [ "$(grep -c npm "$CALLS")" -le "$FAILURES" ]; then
  echo "npm ERR! $WORDS" >&2
  exit 1
fi
mkdir "$3/node_modules"
'''
SLEEP = '#!/bin/sh\necho "sleep $1" >> "$CALLS"\n'
NODE = '#!/bin/sh\necho "${NODE_MAJOR:-18}"\n'
NEEDED = ('bash', 'cat', 'cmp', 'cp', 'dirname', 'grep', 'ln', 'mkdir', 'mktemp', 'mv', 'realpath', 'rm', 'tee')


class Install(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.programs = os.path.join(self.folder.name, 'bin')
        self.calls = os.path.join(self.folder.name, 'calls')
        self.build = os.path.join(self.folder.name, 'build')
        os.mkdir(self.programs)
        for name in NEEDED:
            os.symlink(f'/usr/bin/{name}', os.path.join(self.programs, name))
        for name, text in (('npm', NPM), ('node', NODE), ('sleep', SLEEP)):
            with open(os.path.join(self.programs, name), 'w', encoding='ascii') as file:
                file.write(text)
            os.chmod(file.name, 0o755)

    def install(self, failures=0, words='', **environment):
        """Returns (exit status, what was said, npm and sleep as they were called)."""
        with open(self.calls, 'w', encoding='ascii'):
            pass
        done = subprocess.run(
            ['/usr/bin/bash', INSTALL, 'yjs', self.build, self.build + '-other'], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={'PATH': self.programs, 'FAILURES': str(failures), 'WORDS': words, 'CALLS': self.calls, **environment})
        with open(self.calls, encoding='ascii') as file:
            return done.returncode, done.stdout, file.read().split('\n')[:-1]

    def has_packages(self, build):
        return os.path.isdir(os.path.join(build, 'tests/integration/yjs/node_modules'))

    def test_installed_once_and_seen_from_both_builds(self):
        self.assertEqual(self.install(), (0, '', ['npm']))
        self.assertTrue(self.has_packages(self.build))
        self.assertTrue(self.has_packages(self.build + '-other'))
        self.assertEqual(self.install(), (0, '', []))

    def test_a_registry_that_is_busy_is_asked_again(self):
        status, said, calls = self.install(failures=2, words='code ETIMEDOUT')
        self.assertEqual((status, calls), (0, ['npm', 'sleep 5', 'npm', 'sleep 20', 'npm']), said)
        self.assertTrue(self.has_packages(self.build))

    def test_reasons_are_told_with_what_to_do(self):
        for words, sentence in (
                ('code ENOTFOUND', 'there is no network to https://registry.example/'),
                ('code ECONNREFUSED', 'does not answer'),
                ('code E503', 'does not answer'),
                ('code E404', 'does not give them'),
                ('code SELF_SIGNED_CERT_IN_CHAIN', 'does not trust the registry'),
                ('code EINTEGRITY', 'other packages than the pinned'),
                ('a surprise', 'npm failed')):
            status, said, calls = self.install(failures=9, words=words)
            self.assertEqual((status, calls.count('npm')), (1, 3), said)
            last = said.strip().split('\n')[-1]
            self.assertTrue(last.startswith('The npm packages of yjs could not be installed: '), said)
            self.assertIn(sentence, last)
            self.assertFalse(self.has_packages(self.build))

    def test_a_missing_program_is_named(self):
        for name in ('npm', 'node'):
            os.remove(os.path.join(self.programs, name))
            status, said, calls = self.install()
            self.assertEqual((status, calls), (1, []))
            self.assertIn(f"Install the Debian package {'npm' if name == 'npm' else 'nodejs'}.", said)

    def test_an_old_node_is_told(self):
        status, said, calls = self.install(NODE_MAJOR='16')
        self.assertEqual((status, calls), (1, []))
        self.assertIn('Node 18 or later', said)


if __name__ == '__main__':
    unittest.main()
