#!/usr/bin/env python3
"""Compares hours and wall times with Python's zoneinfo: test_zones.py PROBE [--long].

Short: 12 zones, 2 years. Long: 40 zones, 20 years. Every day of them in both, and every half hour around every change of clocks.
"""

import datetime
import subprocess
import sys
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.date(1970, 1, 1)

# Both hemispheres, half and three-quarter hours, changes at midnight, of half an hour, twice around Ramadan, and zones
# that gave changes up or moved for good in these years.
ZONES = [
    'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu', 'America/Sao_Paulo',
    'Pacific/Apia', 'Europe/Dublin', 'Asia/Beirut', 'Pacific/Chatham', 'America/St_Johns', 'UTC',
    'Europe/London', 'Europe/Lisbon', 'Europe/Moscow', 'Europe/Istanbul', 'Europe/Kyiv', 'Atlantic/Azores', 'Africa/Cairo',
    'Africa/El_Aaiun', 'Asia/Tehran', 'Asia/Gaza', 'Asia/Jerusalem', 'Asia/Amman', 'Asia/Damascus', 'Asia/Kolkata',
    'Asia/Tokyo', 'Asia/Pyongyang', 'Asia/Ulaanbaatar', 'Australia/Adelaide', 'Australia/Sydney', 'Pacific/Auckland',
    'Pacific/Fiji', 'Pacific/Tongatapu', 'Pacific/Kiritimati', 'America/Santiago', 'America/Asuncion', 'America/Havana',
    'America/Caracas', 'Antarctica/Troll',
]
# (day of the week, from, until) in minutes: at night too, where clocks change, and the whole day.
HOURS = [(day, begin, end) for day in range(7) for begin, end in ((0, 150), (165, 175), (540, 720), (780, 1050))]
HOURS = [h for h in HOURS if h[0] != 6] + [(6, 0, 1440)]


def moment(zone, day, minute):
    wall = datetime.datetime.combine(EPOCH + datetime.timedelta(days=day), datetime.time()) + datetime.timedelta(minutes=minute)
    return int(wall.replace(tzinfo=zone).timestamp())


def offset(zone, seconds):
    return datetime.datetime.fromtimestamp(seconds, zone).utcoffset()


def find_changes(zone, first, last):
    """The days on which the offset changes."""
    return [day for day in range(first, last)
            if offset(zone, day * 86400) != offset(zone, (day + 1) * 86400)]


def expected_spans(zone, begin, end):
    spans = []
    for day in range(begin // 86400 - 2, end // 86400 + 3):
        for weekday, start, stop in HOURS:
            if weekday == (day + 3) % 7:
                span = (moment(zone, day, start), moment(zone, day, stop))
                if span[0] < span[1]:
                    spans.append(span)
    spans.sort()
    joined = []
    for start, stop in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return ' '.join(f'{start}-{stop}' for start, stop in joined if stop > begin and start < end)


def questions(name, years):
    """(question, expected answer) of one zone."""
    zone = zoneinfo.ZoneInfo(name)
    first = (datetime.date(2018, 1, 1) - EPOCH).days
    last = (datetime.date(2018 + years, 1, 1) - EPOCH).days
    yield f'zone {name}', None
    for change in find_changes(zone, first, last):
        for day in range(change - 1, change + 3):
            for minute in range(0, 1440, 30):
                yield f'time {day} {minute}', str(moment(zone, day, minute))
                seconds = day * 86400 + minute * 60
                wall = datetime.datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)
                yield f'day {seconds}', f'{(wall.date() - EPOCH).days} {wall.hour * 60 + wall.minute}'
    month = 30 * 86400
    for begin in range(first * 86400, last * 86400, month):
        yield f'expand {begin} {begin + month}', expected_spans(zone, begin, begin + month)


def main():
    is_long = '--long' in sys.argv
    print('1..1')
    asked, expected = ['hours %d %d %d' % h for h in HOURS], []
    for name in ZONES if is_long else ZONES[:12]:
        for question, answer in questions(name, 20 if is_long else 2):
            asked.append(question)
            if answer is not None:
                expected.append((name, question, answer))
    run = subprocess.run([sys.argv[1]], input='\n'.join(asked) + '\n', capture_output=True, text=True, check=True)
    answers = run.stdout.split('\n')[:-1]
    wrong = [(*e, a.strip()) for e, a in zip(expected, answers, strict=True) if e[2] != a.strip()]
    print(f'# {len(expected)} questions, {len(wrong)} answers differ')
    for name, question, answer, got in wrong[:10]:
        print(f'# {name}: {question}: {got[:200]}, not {answer[:200]}')
    print('not ok 1 zones' if wrong else 'ok 1 zones')


if __name__ == '__main__':
    main()
