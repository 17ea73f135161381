// expect: compile_error
// error: 5
const good = 1;

const bad = = 2;
