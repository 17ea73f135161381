# expect: runtime_error
# exit: 1
# errors: (?s).*FAIL: test_wrong.*FAILED \(failures=1\)\n
import unittest


class Wrong(unittest.TestCase):
    def test_wrong(self):
        self.assertEqual(1 + 1, 3)


unittest.main()
