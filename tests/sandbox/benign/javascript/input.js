// lines: 200000
// prints: 200000 19999900000
const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\n').map(Number);
console.log(lines.length, lines.reduce((a, b) => a + b, 0));
