import { writeTogether } from "../../../pulumi-cloud/policies/queue";
import { QUIET_WINDOW_MS } from "../../../pulumi-cloud/policies/types";
import { writePolicy } from "../../../pulumi-cloud/policies/write";
import type { OidcRunnerError } from "../../../trust/errors";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { isDefaultDeny, isLeftBehind } from "../../../trust/policy/standing-deny";
import { READINGS } from "../../helpers/default-deny";
import { generator } from "./generator";
import { type EqualDefinitions, SimulatedPolicy } from "./simulated-policy";
import { VirtualTime } from "./virtual-time";

const STACKS = 4;
const RESOURCES = 4;

/** How to play a scramble. */
export interface ScrambleOptions {
  mode: EqualDefinitions;
  /** Part of the writes that fail. */
  faultRate: number;
  /** False: the same writers without a quiet window. */
  window: boolean;
}

export const definition = (sub: string, decision: "allow" | "deny" = "allow"): PolicyDefinition => ({
  decision,
  tokenType: "organization",
  authorizedPermissions: [],
  rules: { aud: "urn:pulumi:org:acme", sub },
});

/** `deny:blocked-1`: a definition as a text that can be compared. */
export const label = ({ decision, rules }: PolicyDefinition): string => `${decision}:${rules.sub ?? "*"}`;

/**
 * Several stacks, each with several resources of one issuer, that create their allows and denies, or take over what is
 * there, change them and delete them, while others do and requests fail; on a new issuer, or with definitions of others in
 * between.
 *
 * @returns what was asked for and what is there, sorted
 */
export async function scramble(seed: number, { mode, faultRate, window }: ScrambleOptions) {
  const random = generator(seed);
  const time = new VirtualTime(random);
  const server = new SimulatedPolicy(time, faultRate, mode);
  // Without a window nobody starts over either: time stands still for the writer, though not for its requests.
  const timing = window ? time : { now: () => 0, sleep: time.sleep, random };
  const pace = { timing, quietWindowMs: window ? QUIET_WINDOW_MS : 0 };
  const isNew = random() < 0.3;
  const foreign = !isNew && random() < 0.5 ? [definition("foreign"), definition("foreign-deny", "deny")] : [];
  const legacy = Array.from({ length: STACKS }, (_, index) => definition(`legacy-${index}`));
  const kept = [...foreign, ...legacy];
  const { defaultPolicy } = READINGS[seed % 2 === 0 ? "observed" : "the old"];
  server.policies = structuredClone(isNew ? [...defaultPolicy] : kept);
  const wanted = foreign.map(label);

  const resource = async (stack: number, index: number) => {
    const name = `${stack}-${index}`;
    let owned: PolicyDefinition[] = [];
    let update = 0;
    const write = async (add: PolicyDefinition[], adopt = false): Promise<void> => {
      // Each update of a stack is a process of its own.
      update += 1;
      const change = { add, remove: owned, adopt, lease: name };
      try {
        await writeTogether(
          `scramble-${mode}-${faultRate}-${window}-${seed}-${stack}-${update}`,
          change,
          (changes, start) => writePolicy(server.access, "issuer", changes, pace, start),
          pace,
        );
        owned = add;
      } catch (error) {
        // As the engine: what may have been written is in state, and the next update goes on from there.
        const { code } = error as OidcRunnerError;
        owned = code === "POLICY_WRITE_UNCERTAIN" ? [...owned, ...add] : owned;
        if (code !== "POLICY_WRITE_UNCERTAIN" && !code.startsWith("PULUMI_CLOUD_")) {
          throw error;
        }
        await write(add, adopt);
      }
    };
    const decision = index === 1 ? "deny" : "allow";
    await time.sleep(random() * 3000);
    await write(index === 0 ? [legacy[stack] as PolicyDefinition] : [definition(name, decision)], index === 0);
    if (random() < 0.5) {
      const next = definition(`changed-${name}`, decision);
      await write(random() < 0.5 ? [next] : [...owned, next]);
    }
    if (random() < 0.4) {
      await write([]);
    }
    wanted.push(...owned.map(label));
  };
  const work = Array.from({ length: STACKS * RESOURCES }, (_, index) =>
    resource(Math.floor(index / RESOURCES), index % RESOURCES),
  );
  await time.run(Promise.all(work));
  const there = server.policies.filter((entry) => !isDefaultDeny(entry) && !isLeftBehind(entry)).map(label);
  const { rejected } = server;
  return { wanted: wanted.sort(), there: there.sort(), rejected, left: server.policies };
}
