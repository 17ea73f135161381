// family: memory
// language: javascript
// expect: memory_limit
// limits: memory=128 wall=5
// breach: memory beside the script engine's heap is not counted
const kept = [];
for (;;) kept.push(Buffer.alloc(16 << 20, 1));
