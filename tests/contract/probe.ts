import type { Switches } from "../../lab/pulumi-cloud/switches";
import { Session, withoutTokens } from "./session";
import type { OwnIssuer, Target } from "./target";

/** What a probe saw: a value as the switch has it, with the service's words; or why there is nothing to see. */
export type Observation = { value: unknown; said?: string } | { notObservable: string };

/** What a probe works with. */
export interface Surroundings {
  session: Session;
  target: Target;
  one: OwnIssuer;
  other: OwnIssuer;
  unreachable: OwnIssuer;
}

/** Finds out by the public API what one switch is about. Probes depend on no other switch. */
export interface Probe<K extends keyof Switches = keyof Switches> {
  name: K;
  /** What it does, for the reader of the output. */
  does: string;
  observe(surroundings: Surroundings): Promise<Observation>;
  /** What it observes where the switch has this value. Default: the value. */
  reads?(value: Switches[K]): unknown;
}

/** A probe, typed by its switch. */
export function probe<K extends keyof Switches>(definition: Probe<K>): Probe {
  return definition as unknown as Probe;
}

/** Runs probes one after the other. What a probe registered is removed after it, also when it fails. */
export async function runProbes(
  target: Target,
  probes: readonly Probe[],
  report: (name: keyof Switches, observation: Observation) => void = () => undefined,
  isStopped: () => boolean = () => false,
): Promise<Map<keyof Switches, Observation>> {
  const observations = new Map<keyof Switches, Observation>();
  for (const { name, observe } of probes) {
    if (isStopped()) {
      break;
    }
    const observation = await observed(target, observe);
    observations.set(name, observation);
    report(name, observation);
  }
  return observations;
}

async function observed(target: Target, observe: Probe["observe"]): Promise<Observation> {
  const session = new Session(target);
  try {
    return await observe({ session, target, ...(await target.issuers()) });
  } catch (error) {
    return { notObservable: withoutTokens((error as Error).message) };
  } finally {
    await session.end();
  }
}
