// stdin: ä🎉\nb\n
// prints: 2 ä🎉
import { readFileSync } from 'node:fs';

const lines: string[] = readFileSync(0, 'utf8').trimEnd().split('\n');
console.log(lines.length, lines[0]);
