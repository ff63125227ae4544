// Stryker's options, relative to the clone's directory, in which tools/mutation.mjs starts it.
import { join } from "node:path";

const { OIDC_RUNNER_MUTATION_DIR: generated, OIDC_RUNNER_MUTATION_SANDBOX: sandbox } = process.env;

const own = (name) => join(import.meta.dirname, name);
/** For Stryker, which takes a command apart at its spaces. */
const escaped = (path) => path.replaceAll(" ", "\\ ");

export default {
  mutate: ["trust/**/*.ts"],
  // The sandbox holds what the tests of trust read, and nothing of the rest: least of all dependencies and caches.
  ignorePatterns: [
    ...["/*", "!/trust", "!/tests", "/tests/*", "!/tests/trust"],
    ...["!/tests/helpers", "!/tests/third-party", "!/tests/vectors", "!/tsconfig.json"],
  ],
  tempDirName: sandbox,
  cleanTempDir: "always",

  buildCommand: [process.execPath, own("transpile.mjs")].map(escaped).join(" "),
  plugins: ["@stryker-mutator/mocha-runner"],
  testRunner: "mocha",
  mochaOptions: {
    "no-config": true,
    spec: ["tests/trust/**/*.test.ts"],
    require: [own("ts-is-js.cjs")],
    // All but what reads the sources' comments, and what takes a third of the time by itself.
    grep: "^(?!.*(says of each name what it means|trust/issuers: two tenants))",
  },
  coverageAnalysis: "perTest",
  // Endless loops are noticed by counting. Time is for what is merely slow, and generous: a busy machine must kill nothing.
  timeoutMS: 10_000,
  timeoutFactor: 3,
  // On a busy machine.
  dryRunTimeoutMinutes: 20,
  ignoreStatic: false,

  incremental: true,
  incrementalFile: `${generated}/incremental.json`,
  reporters: ["clear-text", "progress-append-only", "html", "json"],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `${generated}/report.html` },
  jsonReporter: { fileName: `${generated}/report.json` },
  allowConsoleColors: false,
  checkers: [],
  thresholds: { high: 95, low: 90, break: 85 },
};
