# lines: 400000
# prints: 400000 79999800000
import sys

numbers = [int(line) for line in sys.stdin]
print(len(numbers), sum(numbers))
