import { untilConfirmed, writeTogether } from "../../../pulumi-cloud/policies/queue";
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

/** What one update is to leave a resource with. */
interface Step {
  add: PolicyDefinition[];
  adopt?: boolean;
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

  /** What a resource is to have after each update that changes it, given what it has. */
  const stepsOf = (stack: number, index: number, name: string): ((owned: PolicyDefinition[]) => Step)[] => {
    const decision = index === 1 ? "deny" : "allow";
    const next = definition(`changed-${name}`, decision);
    const first = index === 0 ? { add: [legacy[stack]!], adopt: true } : { add: [definition(name, decision)] };
    return [
      () => first,
      ...(random() < 0.5 ? [(owned: PolicyDefinition[]) => ({ add: random() < 0.5 ? [next] : [...owned, next] })] : []),
      ...(random() < 0.4 ? [() => ({ add: [] })] : []),
    ];
  };
  /** What `pulumi refresh` finds gone is made again by the next update. */
  const refresh = (resources: { owned: PolicyDefinition[]; steps: ((owned: PolicyDefinition[]) => Step)[] }[]) => {
    const there = server.policies.map(label);
    for (const resource of resources) {
      const { owned: add } = resource;
      resource.owned = add.filter((one) => there.includes(label(one)));
      if (resource.owned.length < add.length) resource.steps.unshift(() => ({ add }));
    }
  };
  // An update ends, and its process with it, before the next one of the same stack begins.
  const stackOf = async (stack: number) => {
    const resources = Array.from({ length: RESOURCES }, (_, index) => {
      const name = `${stack}-${index}`;
      return {
        name,
        owned: [] as PolicyDefinition[],
        steps: stepsOf(stack, index, name),
        step: undefined as Step | undefined,
      };
    });
    for (let update = 1; resources.some(({ steps }) => steps.length > 0); update += 1) {
      const key = `scramble-${mode}-${faultRate}-${window}-${seed}-${stack}-${update}`;
      let isUncertain = false;
      const changing = resources.filter(({ steps }) => steps.length > 0);
      await Promise.all(
        changing.map(async (resource) => {
          await time.sleep(random() * 3000);
          const { name, owned, steps } = resource;
          // One that failed is tried again as it was.
          resource.step ??= steps[0]!(owned);
          const { add, adopt = false } = resource.step;
          try {
            await writeTogether(
              key,
              { add, remove: owned, adopt, lease: name },
              (changes, start, onStored) => writePolicy(server.access, "issuer", changes, pace, start, onStored),
              pace,
              () => {
                isUncertain = true;
              },
            );
            resource.owned = add;
            resource.step = undefined;
            steps.shift();
          } catch (error) {
            // As the engine: what may have been written is in state, and the next update goes on from there.
            const { code } = error as OidcRunnerError;
            if (code !== "POLICY_WRITE_UNCERTAIN" && !code.startsWith("PULUMI_CLOUD_")) {
              throw error;
            }
            resource.owned = code === "POLICY_WRITE_UNCERTAIN" ? [...owned, ...add] : owned;
          }
        }),
      );
      await untilConfirmed(key);
      if (isUncertain) {
        refresh(resources);
      }
    }
    wanted.push(...resources.flatMap(({ owned }) => owned.map(label)));
  };
  await time.run(Promise.all(Array.from({ length: STACKS }, (_, stack) => stackOf(stack))));
  const there = server.policies.filter((entry) => !isDefaultDeny(entry) && !isLeftBehind(entry)).map(label);
  const { rejected } = server;
  return { wanted: wanted.sort(), there: there.sort(), rejected, left: server.policies };
}
