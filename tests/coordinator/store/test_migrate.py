#!/usr/bin/env python3
"""`migrate --to` with rows in every table: SQLite to PostgreSQL and back, and a backup of it, read with other programs than ours."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
ROWS = 3
TRIES = 60
TEXT = 'Zoë "ß" \U0001d11e \\ \' %s $1'


def list_tables(database):
    return [name for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_migration' ORDER BY rowid")]


def read_all(path):
    """Every row of every table, by other code than what copied them."""
    database = sqlite3.connect(path)
    found = {}
    for table in list_tables(database):
        columns = ', '.join(sorted(f'"{column[1]}"' for column in database.execute(f'PRAGMA table_info ("{table}")')))
        found[table] = sorted(database.execute(f'SELECT {columns} FROM "{table}"').fetchall(), key=repr)
    database.close()
    return found


class Filler:
    """Puts rows into tables of which it knows only what the database says of them."""

    def __init__(self, path):
        self.random = random.Random(1)
        self.database = sqlite3.connect(path)
        self.database.execute('PRAGMA foreign_keys = ON')

    def fill(self):
        for table in list_tables(self.database):
            columns = self.database.execute(f'PRAGMA table_info ("{table}")').fetchall()
            others = {row[3]: (row[2], row[4]) for row in self.database.execute(f'PRAGMA foreign_key_list ("{table}")')}
            reasons = [self.try_row(table, columns, others, number) for number in range(TRIES)]
            if None not in reasons:
                raise AssertionError(f'{table} could not be given a row: {reasons[-1]}')
        self.database.commit()
        self.database.close()

    def try_row(self, table, columns, others, number):
        """None, or why the table does not take it."""
        if self.database.execute(f'SELECT COUNT (*) FROM "{table}"').fetchone()[0] >= ROWS:
            return None
        values = [self.make_value(column, others.get(column[1]), number) for column in columns]
        names = ', '.join(f'"{column[1]}"' for column in columns)
        try:
            self.database.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(values))})', values)
        except sqlite3.Error as error:
            return error
        return None

    def make_value(self, column, other, number):
        _, name, kind, is_needed, _, is_key = column
        if other:
            keys = [row[1] for row in self.database.execute(f'PRAGMA table_info ("{other[0]}")') if row[5]]
            rows = self.database.execute(f'SELECT "{other[1] or keys[0]}" FROM "{other[0]}" ORDER BY 1').fetchall()
            return self.random.choice(rows)[0] if rows else None
        if not is_needed and not is_key and self.random.random() < 0.3:
            return None
        if kind == 'BLOB':
            return bytes(self.random.randrange(256) for _ in range(self.random.choice((0, 1, 70))))
        if kind == 'TEXT':
            return 'open' if name == 'state' else f'{name}-{number} {TEXT}'
        # Numbers of kinds and flags are small.
        return self.random.choice((0, 1, 1, 2, number + 5, 2**62 - number)) if number < TRIES * 2 // 3 else self.random.choice((0, 1))


class Migrate(unittest.TestCase):
    def run_command(self, *words):
        done = subprocess.run([PROGRAM, *words, '--json'], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_table_there_and_back(self):
        with tempfile.TemporaryDirectory() as folder:
            data, path = os.path.join(folder, 'data'), os.path.join(folder, 'data', 'entrevue.db')
            config, back, backup = (os.path.join(folder, name) for name in ('coordinator.conf', 'back.db', 'backup'))
            self.run_command('migrate', '--data', data)
            Filler(path).fill()
            rows = read_all(path)
            self.assertEqual([table for table, found in rows.items() if not found], [])
            count = sum(map(len, rows.values()))

            address = os.environ['COORD_TEST_DATABASE']
            self.assertEqual(self.run_command('migrate', '--to', address, '--data', data)['rows'], count)
            for table, found in rows.items():
                said = subprocess.run(['psql', address, '-qAtc', f'SELECT COUNT (*) FROM "{table}"'], capture_output=True, text=True, check=True)
                self.assertEqual(int(said.stdout), len(found), table)
            with open(config, 'w', encoding='utf-8') as file:
                file.write(f'database = {address}\n')
            other = ('--data', os.path.join(folder, 'other'), '--config', config)
            self.assertEqual(self.run_command('migrate', '--to', back, *other)['rows'], count)
            self.assertEqual(read_all(back), rows)
            self.assertEqual(self.run_command('backup', backup, *other)['rows'], count + 1)
            copied = read_all(os.path.join(backup, 'entrevue.db'))
            made = [row for row in copied['admin_job'] if row not in rows['admin_job']]
            self.assertEqual(len(made), 1, 'a backup says in itself that it was made')
            copied['admin_job'].remove(made[0])
            self.assertEqual(copied, rows)
            self.assertEqual(read_all(path), rows)


if __name__ == '__main__':
    unittest.main()
