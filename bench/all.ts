import { guides } from "./entrypoint/guide";
import { routes } from "./entrypoint/routes";
import { fleets } from "./fleet/fleet";
import { imports } from "./imports/imports";
import { labStart } from "./lab-start/lab-start";
import type { Benchmark } from "./measure/benchmark";
import { plugin } from "./plugin/plugin";
import { trusts } from "./trust/trust";
import { operations } from "./up/again";
import { ups } from "./up/up";
import { verifications } from "./verify/verify";

/** Every benchmark. */
export const all: Benchmark[] = [
  ...trusts,
  ...verifications,
  ...routes,
  ...guides,
  ...imports,
  plugin,
  ...fleets,
  labStart,
  ...ups,
  ...operations,
];
