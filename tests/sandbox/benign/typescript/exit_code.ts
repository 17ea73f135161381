// expect: runtime_error
// exit: 4
const code: number = 4;
process.exit(code);
