// Ends this process when the process that started it is gone, even one killed with SIGKILL: neither a program nor a
// plugin may go on changing things without its engine. Preloaded with --require, or required; no dependencies, because it
// is copied beside a built CLI.
"use strict";
const { fstatSync } = require("node:fs");

const parent = process.ppid;

/** @param {() => void} [before] what to do first */
function dieWithParent(before = () => {}) {
  const end = () => {
    before();
    process.kill(process.pid, "SIGKILL");
  };
  setInterval(() => process.ppid === parent || end(), 250).unref();
  // The engine holds a pipe to a plugin's standard input. Its end tells at once, also if the engine died before this ran.
  if (isPipe(0)) {
    process.stdin.on("end", end).on("error", end).resume().unref?.();
  }
}

function isPipe(descriptor) {
  try {
    const kind = fstatSync(descriptor);
    return kind.isFIFO() || kind.isSocket();
  } catch {
    return false;
  }
}

module.exports = { dieWithParent };
if (process.execArgv.some((argument) => argument === __filename)) {
  dieWithParent();
}
