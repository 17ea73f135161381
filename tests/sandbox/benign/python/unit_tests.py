# errors: (?s).*Ran 2 tests in .*OK\n
import unittest


class Stack(unittest.TestCase):
    def test_push(self):
        self.assertEqual([1] + [2], [1, 2])

    def test_error(self):
        with self.assertRaises(IndexError):
            [].pop()


unittest.main()
