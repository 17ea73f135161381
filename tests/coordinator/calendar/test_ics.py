#!/usr/bin/python3
"""Calendars as others read them: test_ics.py PROBE. Wants python3-icalendar and khal of Debian."""

import os
import subprocess
import sys
import tempfile
import unittest

import icalendar

PROBE = sys.argv.pop(1)
SUMMARY = 'Gespräch; C, C++ \\ Rust\nEND:VEVENT'


def write(kind):
    return subprocess.run([PROBE, kind], capture_output=True, check=True).stdout


class Calendars(unittest.TestCase):
    def test_request_and_cancel(self):
        request, cancel = (icalendar.Calendar.from_ical(write(kind)) for kind in ('request', 'cancel'))
        self.assertEqual((str(request['METHOD']), str(cancel['METHOD'])), ('REQUEST', 'CANCEL'))
        first, second = request.walk('VEVENT')[0], cancel.walk('VEVENT')[0]
        self.assertEqual(first['UID'], second['UID'])
        self.assertGreater(second['SEQUENCE'], first['SEQUENCE'])
        self.assertEqual((str(first['STATUS']), str(second['STATUS'])), ('CONFIRMED', 'CANCELLED'))
        self.assertEqual(first['DTSTART'].dt.isoformat(), '2026-03-22T10:00:00+00:00')
        self.assertEqual((first['DTEND'].dt - first['DTSTART'].dt).total_seconds(), 3600)
        self.assertEqual(str(first['SUMMARY']), SUMMARY)
        self.assertIn('seventy-five bytes: äöü', str(first['DESCRIPTION']))
        self.assertEqual(str(first['ORGANIZER']), 'mailto:entrevue@example.org')
        self.assertEqual(str(first['ATTENDEE']), 'mailto:zoe@example.org')
        self.assertEqual(len(request.walk('VEVENT')), 1)

    def test_lines(self):
        for line in write('request').split(b'\r\n'):
            self.assertLessEqual(len(line), 75)
            self.assertNotIn(b'\n', line)

    def test_khal(self):
        with tempfile.TemporaryDirectory() as folder:
            calendar, config = os.path.join(folder, 'calendar'), os.path.join(folder, 'config')
            os.mkdir(calendar)
            with open(config, 'w', encoding='utf-8') as file:
                file.write(f'[calendars]\n[[work]]\npath = {calendar}\n[locale]\nlocal_timezone = Europe/Berlin\n'
                           'default_timezone = Europe/Berlin\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n'
                           'longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n'
                           'longdatetimeformat = %Y-%m-%d %H:%M\n')
            for kind in ('request', 'feed'):
                path = os.path.join(folder, kind + '.ics')
                with open(path, 'wb') as file:
                    file.write(write(kind))
                env = dict(os.environ, HOME=folder, XDG_DATA_HOME=folder, XDG_CACHE_HOME=folder, LC_ALL='C.UTF-8')
                subprocess.run(['khal', '-c', config, 'import', '--batch', '-a', 'work', path],
                               env=env, check=True, capture_output=True, timeout=60)
            listed = subprocess.run(['khal', '-c', config, 'list', '2026-03-22', '--format',
                                     '{start-time} {end-time} {title}'],
                                    env=env, check=True, capture_output=True, text=True, timeout=60).stdout
            self.assertIn('11:00 12:00 Gespräch; C, C++', listed)
            self.assertEqual(len([name for name in os.listdir(calendar) if name.endswith('.ics')]), 2)


if __name__ == '__main__':
    unittest.main()
