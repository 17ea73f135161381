// prints: ok
import assert from 'node:assert';

function add<T extends number>(a: T, b: T): number {
  return a + b;
}
assert.equal(add(1, 2), 3);
console.log('ok');
