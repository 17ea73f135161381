#!/usr/bin/env python3
"""How exposed systemd calls a unit, and whether that is too much. Usage: unit_exposure.py ANALYZE UNIT.in MOST"""

import os
import re
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, os.path.basename(sys.argv[2]).removesuffix('.in'))
    with open(sys.argv[2]) as unit, open(path, 'w') as out:
        out.write(re.sub('@[a-z]+@', '/usr', unit.read()))
    said = subprocess.run([sys.argv[1], 'security', '--offline=true', '--no-pager', path], capture_output=True, text=True)
if 'unrecognized option' in said.stderr:
    print('this systemd cannot judge a unit that is not installed')
    sys.exit(77)
exposure = re.search(r'Overall exposure level for \S+: ([0-9.]+)', said.stdout)
assert exposure, said
print(exposure.group(0))
sys.exit(0 if float(exposure.group(1)) <= float(sys.argv[3]) else 1)
