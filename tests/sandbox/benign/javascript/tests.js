// says: (?s).*pass 2.*fail 0.*
const { test } = require('node:test');
const assert = require('node:assert');

test('adds', () => assert.equal(1 + 1, 2));
test('waits', async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(true);
});
