# prints: out
# errors: err\n
import sys

print('err', file=sys.stderr)
print('out')
