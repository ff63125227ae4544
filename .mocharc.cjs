// Types are checked once by tsc; the runner only strips them.
process.env.TS_NODE_TRANSPILE_ONLY = "true";
// A limit against hanging only: a busy machine is slow, and no test is about that.
module.exports = { require: ["ts-node/register"], extension: ["ts"], spec: ["tests/**/*.test.ts"], timeout: 60000 };
