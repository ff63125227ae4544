import assert from "node:assert/strict";
import { issuer, policy } from "../../../provider/resources/dynamic";
import { untilConfirmed } from "../../../pulumi-cloud/policies";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { leftBy } from "../../helpers/default-deny";
import { refusedLater } from "../../helpers/refused";
import { allow } from "../../lab/pulumi-cloud/fixture";
import { issuerFixture, UNKNOWN } from "./issuer/fixture";

describe("provider/resources: issuer and policy", () => {
  const fixture = issuerFixture();
  const { lab } = fixture;

  const issuerInputs = (issuerUrl: string) => ({
    ...fixture.connection,
    ...{ name: "mine-1", issuerUrl, jwks: fixture.keys.jwks() },
  });
  const policyInputs = (issuerId: string, ...definitions: PolicyDefinition[]) => ({
    ...fixture.connection,
    ...{ issuerId, policies: definitions },
  });
  const ours = allow({ aud: "urn:pulumi:org:acme", sub: "ours" });
  /** What came of a create, once no other write of it follows. */
  const confirmed = async <T>(created: T): Promise<Awaited<T>> => {
    const result = await created;
    await untilConfirmed();
    return result;
  };
  // The engine sends old values only where there are some.
  const failures = async (provider: typeof issuer | typeof policy, inputs: object) =>
    (await provider.check({} as never, inputs as never)).failures.map(({ property, reason }) => [
      property,
      reason.split(":")[0],
    ]);

  describe("check", () => {
    it("passes good inputs on as they are", async () => {
      const inputs = issuerInputs("https://one.example.com");
      assert.deepEqual(await issuer.check({} as never, inputs), { inputs, failures: [] });
      const definitions = policyInputs("id", ours);
      assert.deepEqual(await policy.check({} as never, definitions), { inputs: definitions, failures: [] });
    });

    it("names every bad input, each with a code", async () => {
      const bad = { organization: "", issuerUrl: "http://i", maxExpirationSeconds: 1 };
      assert.deepEqual(await failures(issuer, bad), [
        ["organization", "ORGANIZATION_EMPTY"],
        ["issuerUrl", "ISSUER_URL_INVALID"],
        ["maxExpirationSeconds", "EXPIRATION_INVALID"],
      ]);
      assert.deepEqual(await failures(policy, { organization: "a b", policies: [{ ...ours, rules: {} }] }), [
        ["organization", "ORGANIZATION_INVALID"],
        ["policies", "POLICY_ALLOWS_ALL"],
      ]);
    });

    it("waits for what is not known yet, at any depth, and for nothing else", async () => {
      assert.deepEqual(
        await failures(issuer, { organization: UNKNOWN, issuerUrl: UNKNOWN, maxExpirationSeconds: UNKNOWN }),
        [],
      );
      for (const definitions of [
        UNKNOWN,
        [UNKNOWN],
        [{ ...ours, decision: UNKNOWN }],
        [{ ...ours, rules: UNKNOWN }],
        [{ ...ours, rules: { sub: UNKNOWN } }],
      ]) {
        assert.deepEqual(
          await failures(policy, { organization: "acme", issuerId: UNKNOWN, policies: definitions }),
          [],
        );
      }
      assert.equal((await failures(issuer, { organization: UNKNOWN, issuerUrl: "http://i" })).length, 1);
    });
  });

  describe("diff", () => {
    const olds = { ...issuerInputs0(), issuerId: "id", issuer: "https://one.example.com", adopted: false };
    function issuerInputs0() {
      return {
        ...{ organization: "acme", apiUrl: "https://api", name: "n", issuerUrl: "https://one.example.com" },
        ...{ maxExpirationSeconds: 60, jwks: { keys: [{ kty: "EC", kid: "1" }] } },
      };
    }

    it("sees no change in equal inputs, whatever the outputs", async () => {
      assert.deepEqual(await issuer.diff("id", olds, issuerInputs0()), { changes: false, replaces: [], changed: [] });
    });

    it("updates what the service can change and replaces for the rest", async () => {
      for (const [change, replaces] of [
        [{ name: "other" }, []],
        [{ maxExpirationSeconds: 61 }, []],
        [{ maxExpirationSeconds: undefined }, []],
        [{ jwks: { keys: [] } }, []],
        [{ thumbprints: ["aa".repeat(32)] }, []],
        [{ forceDestroy: true }, []],
        [{ issuerUrl: "https://two.example.com" }, ["issuerUrl"]],
        [{ organization: "other", name: "m" }, ["organization"]],
        [{ apiUrl: "https://other" }, ["apiUrl"]],
      ] as const) {
        const news = { ...issuerInputs0(), ...change } as ReturnType<typeof issuerInputs0>;
        const diff = await issuer.diff("id", olds, news);
        assert.deepEqual([diff.replaces, diff.changed.sort()], [[...replaces], Object.keys(change).sort()]);
      }
    });

    it("does so for policies", async () => {
      const inputs = { organization: "acme", apiUrl: "https://api", issuerId: "id", policies: [ours] };
      const state = { ...inputs, policyId: "p" };
      assert.deepEqual(await policy.diff("id", state, { ...inputs }), { changes: false, replaces: [], changed: [] });
      for (const [change, replaces] of [
        [{ policies: [ours, allow({ sub: "more" })] }, []],
        [{ policies: [allow({ sub: "other" })] }, []],
        [{ issuerId: "id2" }, ["issuerId"]],
        [{ organization: "other" }, ["organization"]],
      ] as const) {
        const news = { ...inputs, ...change } as typeof inputs;
        const changed = Object.keys(change);
        assert.deepEqual(await policy.diff("id", state, news), { changes: true, replaces: [...replaces], changed });
      }
    });
  });

  it("creates, reads, updates and deletes an issuer", async () => {
    const inputs = { ...issuerInputs("https://life.example.com"), maxExpirationSeconds: 3600 };
    const { id, outs } = await issuer.create(inputs);
    const { issuerId, issuer: found, adopted, created, modified, lease, ...rest } = outs;
    assert.deepEqual([rest, found, adopted], [{ ...inputs, pinned: false }, inputs.issuerUrl, false]);
    assert.ok(lease);
    assert.match(`${created} ${modified}`, /^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z ?){2}$/);
    assert.equal(id, `acme/${outs.issuerId}`);
    assert.deepEqual(await issuer.read(id, outs), { id, props: outs });

    const { jwks, ...changed } = { ...inputs, name: "renamed", maxExpirationSeconds: 600 };
    const { outs: updated } = await issuer.update(id, outs, { ...changed, jwks });
    assert.deepEqual(updated, { ...outs, name: "renamed", maxExpirationSeconds: 600, modified: updated.modified });
    assert.equal((await lab.client.getIssuer(issuerId)).maxExpiration, 600);

    await issuer.delete(id, updated);
    await refusedLater(lab.client.getIssuer(outs.issuerId), "PULUMI_CLOUD_404");
    assert.deepEqual(await issuer.read(id, updated), { id: "", props: {} });
    await issuer.delete(id, updated);
  });

  it("takes back a longest life that is no longer asked for", async () => {
    const inputs = { ...issuerInputs("https://limit.example.com"), maxExpirationSeconds: 60 };
    const { id, outs } = await issuer.create(inputs);
    await issuer.update(id, outs, issuerInputs(inputs.issuerUrl));
    assert.equal((await lab.client.getIssuer(outs.issuerId)).maxExpiration, undefined);
  });

  it("sees drift of what was asked for, and of nothing else", async () => {
    const asked = { ...issuerInputs("https://drift.example.com"), maxExpirationSeconds: 3600 };
    const { id, outs } = await issuer.create(asked);
    await lab.client.updateIssuer(outs.issuerId, { name: "renamed by hand", maxExpiration: 90_000 });
    const { props } = await issuer.read(id, outs);
    const { modified } = props as typeof outs;
    assert.deepEqual(props, { ...outs, name: "renamed by hand", maxExpirationSeconds: 90_000, modified });
    assert.equal((await issuer.diff(id, props as typeof outs, asked)).changes, true);

    const plain = await issuer.create({ ...issuerInputs("https://plain.example.com") });
    await lab.client.updateIssuer(plain.outs.issuerId, { name: "mine-1", maxExpiration: 60 });
    const { props: changed } = await issuer.read(plain.id, plain.outs);
    assert.deepEqual(changed, { ...plain.outs, modified: (changed as typeof outs).modified });
    assert.equal((await issuer.diff(plain.id, changed as typeof outs, plain.outs)).changes, false);
  });

  it("keeps the name of an adopted issuer out of its drift", async () => {
    const url = "https://adopted.example.com";
    const theirs = await lab.client.registerIssuer({ name: "theirs", url, jwks: fixture.keys.jwks() });
    const { id, outs } = await issuer.create({
      ...fixture.connection,
      name: "mine-1",
      issuerUrl: url,
      adopt: true,
    } as never);
    assert.deepEqual([outs.issuerId, outs.adopted], [theirs.id, true]);
    assert.deepEqual(await issuer.read(id, outs), { id, props: outs });
    await issuer.delete(id, outs);
    assert.equal((await lab.client.getIssuer(theirs.id)).name, "theirs");
  });

  it("keeps a create that it could not confirm in state, from where an update and a delete go on", async () => {
    const { outs: registered } = await issuer.create(issuerInputs("https://uncertain.example.com"));
    const inputs = policyInputs(registered.issuerId, ours);
    const late = lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "delay", delayMs: 500 });
    const created = policy.create(inputs).then(
      () => undefined,
      (error: unknown) => error as { id: string; properties: object; reasons: string[]; code: string },
    );
    // The write is on its way once its fault is used up; what comes after it must fail.
    while (late.hits === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    lab.cloud.faults.add({ method: "GET", path: "*/auth/policies/*", kind: "status", status: 403 });
    const error = await created;
    assert.equal(error?.code, "POLICY_WRITE_UNCERTAIN");
    const { lease } = error.properties as { lease: string };
    assert.deepEqual(error.properties, { ...inputs, lease });
    assert.deepEqual(await lab.policies(registered.issuerId), [ours]);

    const { outs } = await policy.update(error.id, error.properties as never, inputs);
    assert.deepEqual(await lab.policies(registered.issuerId), [ours]);
    await policy.delete(error.id, outs as never);
    assert.deepEqual(await lab.policies(registered.issuerId), [leftBy(ours)]);
  });

  it("creates, reads, updates and deletes a policy among others'", async () => {
    const { outs: registered } = await issuer.create(issuerInputs("https://policy.example.com"));
    const { issuerId } = registered;
    const inputs = policyInputs(issuerId, ours);
    const { id, outs } = await confirmed(policy.create(inputs));
    const { policyId, lease } = outs;
    assert.deepEqual([id, outs], [`acme/${issuerId}/${policyId}`, { ...inputs, policyId, lease }]);
    await lab.setPolicy(issuerId, [ours, allow({ sub: "theirs" })]);
    assert.deepEqual(await policy.read(id, outs), { id, props: outs });

    const news = policyInputs(issuerId, allow({ sub: "new" }));
    const { outs: updated } = await policy.update(id, outs, news);
    assert.deepEqual(updated, { ...news, policyId, lease });
    assert.deepEqual(await lab.policies(issuerId), [allow({ sub: "new" }), allow({ sub: "theirs" })]);
    await refusedLater(issuer.delete("id", registered) as Promise<unknown>, "ISSUER_IN_USE");

    await policy.delete(id, updated);
    assert.deepEqual(await lab.policies(issuerId), [allow({ sub: "theirs" })]);
    await lab.setPolicy(issuerId, [leftBy(updated.policies[0] as PolicyDefinition)]);
    await issuer.delete("id", registered);
    assert.deepEqual(await policy.read(id, updated), { id: "", props: {} });
    await policy.delete(id, updated);
  });

  it("puts back a definition that somebody took out", async () => {
    const { outs: registered } = await issuer.create(issuerInputs("https://repair.example.com"));
    const inputs = policyInputs(registered.issuerId, ours, allow({ sub: "second" }));
    const { id, outs } = await confirmed(policy.create(inputs));
    await lab.setPolicy(registered.issuerId, [ours]);
    const { props } = await policy.read(id, outs);
    assert.deepEqual(props, { ...outs, policies: [ours] });
    assert.equal((await policy.diff(id, props as typeof outs, inputs)).changes, true);
    await policy.update(id, props as typeof outs, inputs);
    assert.deepEqual(await lab.policies(registered.issuerId), inputs.policies);
  });

  it("tells a user's mistake without a stack, and a defect with one", async () => {
    const inputs = issuerInputs("https://twice.example.com");
    await lab.client.registerIssuer({ name: "theirs", url: inputs.issuerUrl, jwks: fixture.keys.jwks() });
    const error = await refusedLater(issuer.create(inputs) as Promise<unknown>, "ISSUER_EXISTS");
    assert.equal(error.stack, "");
    const defect = await (policy.check({} as never, { organization: 7 } as never) as unknown as Promise<unknown>).then(
      () => assert.fail("not refused"),
      (reason: Error) => reason,
    );
    assert.ok(defect instanceof TypeError && defect.stack !== "");
  });

  it("sends the token to no other address", async () => {
    const elsewhere = { ...issuerInputs("https://elsewhere.example.com"), apiUrl: fixture.keys.url };
    const before = fixture.keys.requests.length;
    await refusedLater(issuer.create(elsewhere) as Promise<unknown>, "TOKEN_FOR_OTHER_API");
    assert.equal(fixture.keys.requests.length, before);
  });
});
