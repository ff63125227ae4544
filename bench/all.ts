import { guides } from "./entrypoint/guide";
import { routes } from "./entrypoint/routes";
import { imports } from "./imports/imports";
import { labStart } from "./lab-start/lab-start";
import type { Benchmark } from "./measure/benchmark";
import { trusts } from "./trust/trust";
import { ups } from "./up/up";

/** Every benchmark. */
export const all: Benchmark[] = [...trusts, ...routes, ...guides, ...imports, labStart, ...ups];
