// A program's first moments, in a process of its own: imports what it is told and prints what that took.
// node --expose-gc imported.cjs MODULE...
const begin = process.hrtime.bigint();
for (const name of process.argv.slice(2)) require(name);
const time = Number(process.hrtime.bigint() - begin) / 1e6;
const { user, system } = process.cpuUsage();
const { rss } = process.memoryUsage();
// What is kept, not what was needed on the way.
global.gc();
const { heapUsed } = process.memoryUsage();
console.log(JSON.stringify({ time, cpu: (user + system) / 1e3, rss: rss / 1e6, heap: heapUsed / 1e6 }));
