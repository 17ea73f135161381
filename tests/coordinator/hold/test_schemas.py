#!/usr/bin/env python3
"""The schemas of both engines, as the program's own migrations make them: the same tables, columns, types, keys and unique indices.

    with_postgres.py test_schemas.py COORDINATOR
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402

PROGRAM = sys.argv[1]
TYPES = {'text': 'TEXT', 'bigint': 'INTEGER', 'integer': 'INTEGER', 'smallint': 'INTEGER', 'bytea': 'BLOB'}


def make(address):
    """A database that has been migrated."""
    if address:
        os.environ['COORD_TEST_DATABASE'] = address
    else:
        os.environ.pop('COORD_TEST_DATABASE', None)
    server = BareCoordinator(PROGRAM)
    server.command('migrate')
    return server


def read_sqlite(server):
    columns, keys, unique = set(), set(), set()
    for table in server.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
        for row in server.query(f'SELECT name || \'|\' || type || \'|\' || ("notnull" OR pk > 0) || \'|\' || pk FROM pragma_table_info(\'{table}\')'):
            name, kind, is_needed, key = row.split('|')
            columns.add((table, name, TYPES.get(kind.lower(), kind), is_needed == '1'))
            if key != '0':
                keys.add((table, int(key), name))
        for index in server.query(f"SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" AND origin <> 'pk' AND NOT partial"):
            unique.add((table, *server.query(f"SELECT name FROM pragma_index_info('{index}') ORDER BY seqno")))
    return columns, keys, unique


def read_postgres(server):
    columns, keys, unique = set(), set(), {}
    where = f"table_schema = '{server.schema}'"
    for row in server.query(f"SELECT table_name || '|' || column_name || '|' || data_type || '|' || is_nullable FROM information_schema.columns WHERE {where}"):
        table, name, kind, nullable = row.split('|')
        columns.add((table, name, TYPES.get(kind, kind), nullable == 'NO'))
    for row in server.query(
            "SELECT c.relname || '|' || x.indisprimary || '|' || i.relname || '|' || a.attname || '|' || k.n FROM pg_index x"
            " JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace s ON s.oid = c.relnamespace"
            " CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, n)"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum"
            f" WHERE s.nspname = '{server.schema}' AND x.indisunique AND x.indpred IS NULL ORDER BY k.n"):
        table, is_primary, index, name, position = row.split('|')
        if is_primary == 'true':
            keys.add((table, int(position), name))
        else:
            unique.setdefault((table, index), []).append(name)
    return columns, keys, {(table, *names) for (table, _), names in unique.items()}


class Schemas(unittest.TestCase):
    def test_same(self):
        address = os.environ['COORD_TEST_DATABASE']
        with_postgres = make(address)
        self.addCleanup(with_postgres.__exit__, None, None, None)
        with_sqlite = make(None)
        self.addCleanup(with_sqlite.__exit__, None, None, None)
        for what, one, other in zip(('columns', 'primary keys', 'unique indices'), read_sqlite(with_sqlite), read_postgres(with_postgres)):
            self.assertEqual(sorted(one - other), [], f'{what} of SQLite alone')
            self.assertEqual(sorted(other - one), [], f'{what} of PostgreSQL alone')
            print(f'# {len(one)} {what}', flush=True)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
