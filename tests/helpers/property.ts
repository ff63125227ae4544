import fc from "fast-check";

/** How often a property is tried in a full run, against once in an ordinary one. */
const FULL = 20;

/**
 * fast-check's parameters for a property: `runs` tries, twenty times as many in a full run (`OIDC_RUNNER_FULL`), no more than
 * `OIDC_RUNNER_PROPERTY_RUNS` where that is given, from the seed of the whole test run (`OIDC_RUNNER_SEED`) where there is one.
 */
export function tries(runs: number): { numRuns: number; seed?: number } {
  const { OIDC_RUNNER_FULL, OIDC_RUNNER_PROPERTY_RUNS, OIDC_RUNNER_SEED } = process.env;
  return {
    numRuns: Math.min(
      OIDC_RUNNER_FULL ? runs * FULL : runs,
      Number(OIDC_RUNNER_PROPERTY_RUNS ?? Number.POSITIVE_INFINITY),
    ),
    ...(OIDC_RUNNER_SEED && { seed: Number(OIDC_RUNNER_SEED) }),
  };
}

/** Text over few characters, so that collisions and near misses are common. */
export function textOf(characters: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), maxLength });
}
