# expect: runtime_error
# exit: 42
# prints: before
import sys

print('before')
sys.exit(42)
