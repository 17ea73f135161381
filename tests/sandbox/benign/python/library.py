# prints: 3.14 [1, 2, 3] {"a": [1, null]} 2024-02-29 b'hi' 7
import asyncio
import collections
import datetime
import decimal
import heapq
import itertools
import json
import re
import sqlite3
import subprocess
import tempfile
import zlib


async def later():
    await asyncio.sleep(0.01)
    return 7

heap = [3, 1, 2]
heapq.heapify(heap)
with tempfile.TemporaryFile() as file:
    file.write(b'hi')
    file.seek(0)
    read = file.read()
assert sqlite3.connect(':memory:').execute('select 1').fetchone() == (1,)
assert subprocess.run(['/usr/bin/echo', 'x'], capture_output=True).stdout == b'x\n'
assert zlib.decompress(zlib.compress(b'x')) == b'x' and re.sub('a', 'b', 'aa') == 'bb'
assert collections.Counter('aab')['a'] == 2 and list(itertools.accumulate([1, 2])) == [1, 3]
print(decimal.Decimal('3.14'), [heapq.heappop(heap) for _ in range(3)], json.dumps({'a': [1, None]}),
      datetime.date(2024, 2, 28) + datetime.timedelta(1), read, asyncio.run(later()))
