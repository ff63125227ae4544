import type { Benchmark } from "../measure/benchmark";
import { firstSeen } from "./first-seen";
import { memory } from "./memory";
import { middleware } from "./middleware";
import { seen } from "./seen";

/** Verifying tokens in a service. */
export const verifications: Benchmark[] = [...firstSeen, ...seen, ...middleware, memory];
