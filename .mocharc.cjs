// Types are checked once by tsc; the runner only strips them.
process.env.TS_NODE_TRANSPILE_ONLY = "true";
module.exports = { require: ["ts-node/register"], extension: ["ts"], spec: ["tests/**/*.test.ts"], timeout: 20000 };
