import assert from "node:assert/strict";
import { z } from "zod";
import { SWITCH_BODY } from "../../lab/control/switch-body";
import { defaultSwitches, type Switches } from "../../lab/pulumi-cloud/switches";
import { Fixture } from "../lab/pulumi-cloud/fixture";
import { startLabTarget } from "./lab-target";
import { type Observation, type Probe, runProbes } from "./probe";
import { NOT_OBSERVABLE, PROBES } from "./probes";
import type { Target } from "./target";

/** Values other than the default of switches that are no enumeration; those of the others are all tried. */
const OTHERS: { [K in keyof Switches]?: Switches[K][] } = {
  leewaySeconds: [0, 300],
  requiredClaims: [["jti"], ["iat", "nbf"]],
  maxExpirationBounds: [{ minimum: 60, maximum: 90_000 }],
  maximumDefinitions: [20, 40],
  defaultPolicy: [[{ decision: "deny", tokenType: "personal", authorizedPermissions: [], rules: {} }]],
  tokenTypes: [["personal"], ["organization", "personal"], ["team", "personal", "runner"]],
};

describe("contract: the lab's Pulumi Cloud", () => {
  const fixture = new Fixture();
  let target: Target;
  let usual: Map<keyof Switches, unknown>;

  before(async () => {
    target = await startLabTarget(fixture);
    usual = valuesOf(await runProbes(target, PROBES));
  });
  after(() => fixture.stop());
  afterEach(() => {
    Object.assign(fixture.cloud.switches, defaultSwitches());
    // The probe of literalParts sends such definitions on purpose.
    fixture.cloud.nameless.length = 0;
  });

  it("has a probe for each switch, or a reason why there can't be one", () => {
    const named = [...PROBES.map(({ name }) => name), ...Object.keys(NOT_OBSERVABLE)];
    assert.deepEqual(named.sort(), Object.keys(defaultSwitches()).sort());
  });

  it("shows every switch with its default, and leaves nothing registered", () => {
    const defaults = defaultSwitches();
    for (const { name, reads } of PROBES) {
      assert.deepEqual(usual.get(name), readsOf(reads, defaults[name]), name);
    }
    assert.equal(fixture.cloud.organizations.get("acme")?.issuers.size, 0);
  });

  for (const { name, reads } of PROBES) {
    for (const value of otherValues(name)) {
      it(`${name} ${JSON.stringify(value)} changes what its probe observes, and nothing else`, async () => {
        Object.assign(fixture.cloud.switches, { [name]: value });
        const now = valuesOf(await runProbes(target, PROBES));
        assert.deepEqual(now.get(name), readsOf(reads, value));
        assert.deepEqual(changed(usual, now), [name]);
      });
    }
  }
});

function changed(before: Map<keyof Switches, unknown>, after: Map<keyof Switches, unknown>): string[] {
  const same = (name: keyof Switches) => JSON.stringify(before.get(name)) === JSON.stringify(after.get(name));
  return [...before.keys()].filter((name) => !same(name));
}

/** What was observed, without the service's words; a probe that could not observe says why. */
function valuesOf(observations: Map<keyof Switches, Observation>): Map<keyof Switches, unknown> {
  return new Map([...observations].map(([name, seen]) => [name, "value" in seen ? seen.value : seen.notObservable]));
}

function readsOf(reads: Probe["reads"], value: Switches[keyof Switches]): unknown {
  return reads === undefined ? value : reads(value as never);
}

function otherValues(name: keyof Switches): Switches[keyof Switches][] {
  const { properties } = z.toJSONSchema(SWITCH_BODY) as unknown as { properties: Record<string, Shape> };
  const { type, enum: listed, anyOf } = properties[name] as Shape;
  const all = type === "boolean" ? [true, false] : (listed ?? anyOf?.map((one) => one.const));
  const values = (OTHERS[name] ?? all?.filter((value) => value !== defaultSwitches()[name])) as Switches[typeof name][];
  assert.ok(values?.length > 0, `no other value of ${name}`);
  return values;
}

interface Shape {
  type?: string;
  enum?: unknown[];
  anyOf?: { const: unknown }[];
}
