# family: secrets
# language: python
# expect: ok
# says: held
# breach: the program's own memory holds words of the runner
word = b'CANARY' + b'-OF-'
found = 0
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
    for line in maps:
        span, mode = line.split()[:2]
        start, end = (int(x, 16) for x in span.split('-'))
        if not mode.startswith('r') or end - start > 1 << 26 or '[v' in line:
            continue
        try:
            memory.seek(start)
            block = memory.read(end - start)
        except (OSError, ValueError):
            continue
        # The name that a canary has after this prefix; the prefix alone is in this program.
        at = block.find(word)
        while at >= 0:
            found += block[at + len(word):at + len(word) + 6].isalnum()
            at = block.find(word, at + 1)
print('BREACH' if found else 'held')
