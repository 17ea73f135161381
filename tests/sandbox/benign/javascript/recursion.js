// prints: 8000 true
const deep = (n) => (n === 0 ? 0 : 1 + deep(n - 1));
let caught = false;
try {
  deep(1e7);
} catch (error) {
  caught = error instanceof RangeError;
}
console.log(deep(8000), caught);
