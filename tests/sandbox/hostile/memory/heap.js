// family: memory
// language: javascript
// expect: runtime_error memory_limit
// limits: memory=128 wall=5
// heavy: yes
// breach: more memory than the limit
const kept = [];
for (;;) kept.push(new Array(100000).fill(kept.length));
