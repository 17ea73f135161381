# prints: 9000
import sys

sys.setrecursionlimit(10000)


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


print(deep(9000))
