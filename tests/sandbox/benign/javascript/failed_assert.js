// expect: runtime_error
// exit: 1
// errors: (?s).*AssertionError.*
require('node:assert').strictEqual(1, 2);
