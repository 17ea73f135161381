// prints: 1 2 3 done
// exit: 0
(async () => {
  const seen = [];
  for await (const n of (async function* () { yield 1; yield 2; yield 3; })()) seen.push(n);
  console.log(...seen, 'done');
})();
