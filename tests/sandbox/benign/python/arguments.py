# arg: a "b" ü
# stdin: one\ntwo\n
# prints: ['a "b" ü'] ['one', 'two']
import sys

print(sys.argv[1:], sys.stdin.read().split())
