// family: processes
// language: javascript
// expect: process_limit runtime_error ok
// limits: wall=3
// heavy: yes
// breach: more children than the limit of processes
const { spawn } = require('child_process');

let running = 0;
let failed = 0;
for (let i = 0; i < 200; i++) {
  const child = spawn('/usr/bin/sleep', ['60']);
  child.on('error', () => failed++);
  if (child.pid) running++;
}
setTimeout(() => {
  console.log(running > 64 ? `BREACH ${running} children` : 'held');
  process.exit(failed > 0 ? 1 : 0);
}, 200);
