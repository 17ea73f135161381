// prints: done
const assert = require('node:assert');

assert.deepStrictEqual({ a: [1, 2] }, { a: [1, 2] });
assert.throws(() => { throw new TypeError('x'); }, TypeError);
console.log('done');
