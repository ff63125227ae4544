// What every command of a fresh clone needs first: dependencies and a build. Plain Node, since it runs before both.
import "./node-version.mjs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./bootstrap/build.mjs";
import { install } from "./bootstrap/install.mjs";

/** The clone's directory. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Installs the npm packages of package-lock.json, unless node_modules already holds them. */
export function ensureInstalled() {
  return install(root);
}

/** Compiles the sources into dist/, with `{ tests: true }` the tests too, unless that was done for just these files. */
export function ensureBuilt(options) {
  return build(root, options);
}

/** Runs the main function of a script: a `CodedError` is one line, anything else keeps its stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error.coded ? error.message : error);
    process.exitCode = 1;
  }
}
