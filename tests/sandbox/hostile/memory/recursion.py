# family: memory
# language: python
# expect: runtime_error memory_limit
# limits: memory=64 wall=5
# breach: more memory than the limit
import sys

sys.setrecursionlimit(1 << 30)


def deeper(n):
    return deeper(n + 1) + n


deeper(0)
