// prints: [ 1, 4, 9 ]
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

if (isMainThread) {
  const run = (n) => new Promise((resolve) => new Worker(__filename, { workerData: n }).on('message', resolve));
  Promise.all([1, 2, 3].map(run)).then((all) => console.log(all));
} else {
  parentPort.postMessage(workerData * workerData);
}
