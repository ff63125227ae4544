import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GivenPolicyInputs } from "../../../../provider/resources/checks/policy";
import { policy } from "../../../../provider/resources/dynamic";
import type { PolicyOutputs } from "../../../../provider/resources/policy/inputs";
import { realTiming } from "../../../../pulumi-cloud/api/timing";
import { untilConfirmed } from "../../../../pulumi-cloud/policies";
import { isLeftBehind } from "../../../../trust/policy/standing-deny";
import { allow } from "../../../lab/pulumi-cloud/fixture";
import { steppedTime } from "../../../pulumi-cloud/support/stepped-time";
import { issuerFixture, UNKNOWN } from "../issuer/fixture";

const AUD = "urn:pulumi:org:acme";
const TOKEN = { decision: "allow", accessToken: { organization: {} } } as const;
const kubernetes = (serviceAccountName: string) => ({ ...TOKEN, kubernetes: { namespace: "ci", serviceAccountName } });
const rulesOf = (name: string) => ({ aud: AUD, sub: `system:serviceaccount:ci:${name}` });

describe("provider/resources/policy/provider", () => {
  const fixture = issuerFixture();
  const { lab } = fixture;
  /** What came of a create, once no other request of it follows. */
  const confirmed = async <T>(created: T): Promise<Awaited<T>> => {
    const result = await created;
    await untilConfirmed();
    return result;
  };
  const { warn } = console;
  const { now, sleep } = realTiming;
  let warnings: string[];
  let count = 0;
  const tokenFile = join(tmpdir(), `caller-${process.pid}`);

  before(() => {
    // Nobody else writes: the quiet window need not be waited for.
    Object.assign(realTiming, steppedTime());
  });
  beforeEach(() => {
    warnings = [];
    console.warn = (line: string) => void warnings.push(line);
  });
  afterEach(() => {
    console.warn = warn;
  });
  after(async () => {
    Object.assign(realTiming, { now, sleep });
    await rm(tokenFile, { force: true });
  });

  /** Inputs for an issuer of their own. */
  async function inputs(more: Partial<GivenPolicyInputs>): Promise<GivenPolicyInputs> {
    count += 1;
    const url = `https://issuer-${count}.example.com`;
    const { id: issuerId } = await lab.client.registerIssuer({ name: "i", url, jwks: fixture.keys.jwks() });
    const connection = { organization: "acme", apiUrl: lab.cloud.url, caCertificates: lab.authority.certificatePem };
    return { ...connection, issuerId, policies: [], ...more };
  }
  const check = (news: object) => policy.check({} as never, news as never);

  describe("check", () => {
    it("turns typed subjects into rules, and compiled ones into the same", async () => {
      const news = {
        organization: "acme",
        apiUrl: "https://api",
        issuerId: UNKNOWN,
        policies: [kubernetes("a"), allow(rulesOf("b"))],
      };
      const expected = [allow(rulesOf("a")), allow(rulesOf("b"))];
      const first = await check(news);
      assert.deepEqual(first, { inputs: { ...news, policies: expected }, failures: [] });
      assert.deepEqual(await check(first.inputs), first);
    });

    it("leaves them while something they need is not known", async () => {
      const unknown = { ...TOKEN, kubernetes: { namespace: UNKNOWN, serviceAccountName: "a" } };
      for (const news of [
        { organization: UNKNOWN, apiUrl: "https://api", policies: [kubernetes("a")] },
        { organization: "acme", apiUrl: UNKNOWN, policies: [kubernetes("a"), unknown] },
        { organization: "acme", apiUrl: "https://api", policies: UNKNOWN },
      ]) {
        assert.deepEqual(await check(news), { inputs: news, failures: [] });
      }
    });

    const bad: [string, string, string, object, object][] = [
      ["a finding", "policies", "POLICY_LINT", { policies: [{ ...TOKEN, rules: { sub: "x" } }] }, {}],
      [
        "a claim the issuer never sends",
        "policies",
        "POLICY_LINT",
        {
          issuerKind: "gitlab",
          policies: [{ ...TOKEN, rules: { aud: "a", sub: "x", '"kubernetes.io".namespace': "ci" } }],
        },
        { issuerKind: "kubernetes" },
      ],
      ["a waiver without reason", "waive", "WAIVER_INVALID", { waive: [{ name: "BROAD_SUBJECT", reason: "" }] }, {}],
      ["a subject", "policies", "SUBJECT_INVALID", { policies: [{ ...TOKEN, custom: {} }] }, {}],
      [
        "a caller given twice",
        "callerClaims",
        "OPTION_CONFLICT",
        { callerClaims: { sub: "a" }, callerTokenFile: "f" },
        {},
      ],
      ["a caller's claim path", "callerClaims", "CLAIM_PATH_INVALID", { callerClaims: { "a.": "a" } }, {}],
      [
        "another organization's import",
        "importId",
        "IMPORT_ID_INVALID",
        { importId: "other/i/p" },
        { importId: "acme/i/p" },
      ],
      ["another issuer's import", "importId", "IMPORT_ID_INVALID", { importId: "acme/j/p" }, { importId: "acme/i/p" }],
      ["a short import", "importId", "IMPORT_ID_INVALID", { importId: "acme/i" }, {}],
    ];
    for (const [what, property, code, wrong, right] of bad) {
      it(`refuses ${what}`, async () => {
        const good = { organization: "acme", issuerId: "i", policies: [kubernetes("a")] };
        const { failures } = await check({ ...good, ...wrong });
        assert.deepEqual(
          failures.map((failure) => [failure.property, failure.reason.split(":")[0]]),
          [[property, code]],
        );
        assert.deepEqual((await check({ ...good, ...right })).failures, []);
      });
    }

    it("lets a waived finding pass", async () => {
      const news = { organization: "acme", issuerId: "i", policies: [{ ...TOKEN, rules: { sub: "x" } }] };
      const waive = [{ name: "MISSING_AUDIENCE", reason: "the issuer signs for nobody else" }];
      assert.deepEqual((await check({ ...news, waive })).failures, []);
    });
  });

  it("replaces nothing for another notation of apiUrl, but for another address [A18]", async () => {
    const common = { organization: "acme", issuerId: "i", policies: [allow(rulesOf("a"))] };
    const diff = async (one: string, other: string) => {
      const [olds, news] = [await check({ ...common, apiUrl: one }), await check({ ...common, apiUrl: other })];
      return policy.diff("id", olds.inputs as PolicyOutputs, news.inputs);
    };
    assert.deepEqual(await diff("https://api", "https://api/"), { changes: false, replaces: [], changed: [] });
    assert.deepEqual((await diff("https://api", "https://api/other")).replaces, ["apiUrl"]);
  });

  it("writes what it compiles, also without a check before", async () => {
    const news = await inputs({ policies: [kubernetes("a")] });
    const { outs } = await confirmed(policy.create(news));
    const stored = [allow(rulesOf("a"))];
    assert.deepEqual(outs.policies, stored);
    assert.deepEqual(await lab.policies(news.issuerId), stored);
    const { outs: updated } = await policy.update("id", outs as PolicyOutputs, {
      ...news,
      policies: [kubernetes("b")],
    });
    assert.deepEqual(await lab.policies(news.issuerId), [allow(rulesOf("b"))]);
    assert.deepEqual(updated.policies, [allow(rulesOf("b"))]);
    assert.equal(updated.lease, outs.lease);
    assert.deepEqual(warnings, []);
  });

  it("takes over what is there when it is imported, and forgets about that", async () => {
    const news = await inputs({ policies: [allow(rulesOf("a"))] });
    await lab.setPolicy(news.issuerId, [allow(rulesOf("theirs")), allow(rulesOf("a"))]);
    const { id } = await lab.client.getPolicy(news.issuerId);
    const imported = { ...news, importId: `acme/${news.issuerId}/${id}` };
    const created = await confirmed(policy.create(imported));
    assert.equal(created.id, imported.importId);
    assert.ok(!("importId" in created.outs) && created.outs.adopt === undefined);
    assert.equal((await policy.diff(created.id, created.outs as PolicyOutputs, imported)).changes, false);
    await policy.delete(created.id, created.outs as PolicyOutputs);
    assert.deepEqual(await lab.policies(news.issuerId), [allow(rulesOf("theirs"))]);
  });

  it("keeps old and new in state when a change could not be confirmed, from where the next one goes on", async () => {
    const news = await inputs({ policies: [allow(rulesOf("old")), allow(rulesOf("stays"))] });
    const { id, outs } = await confirmed(policy.create(news));
    const late = lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "delay", delayMs: 300 });
    const wanted = { ...news, policies: [allow(rulesOf("new")), allow(rulesOf("stays"))] };
    const updating = policy.update(id, outs as PolicyOutputs, wanted).then(
      () => undefined,
      (error: unknown) => error as { id: string; properties: PolicyOutputs; code: string },
    );
    while (late.hits === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    lab.cloud.faults.add({ method: "GET", path: "*/auth/policies/*", kind: "status", status: 403 });
    const error = await updating;
    assert.equal(error?.code, "POLICY_WRITE_UNCERTAIN");
    assert.deepEqual(
      error.properties.policies,
      ["new", "stays", "old"].map((name) => allow(rulesOf(name))),
    );
    assert.equal((await policy.diff(id, error.properties, wanted)).changes, true);
    await policy.update(id, error.properties, wanted);
    assert.deepEqual(await lab.policies(news.issuerId), wanted.policies);
  });

  describe("LOCKS_OUT_CALLER", () => {
    const callerClaims = rulesOf("me");
    const reads = (issuerId: string) => lab.requests("GET", new RegExp(`/${issuerId}$`));

    it("is said before a change and a delete that take the caller's last allow", async () => {
      const news = await inputs({ policies: [kubernetes("me")], callerClaims });
      const { outs } = await confirmed(policy.create(news));
      assert.deepEqual(warnings, []);
      const changed = { ...news, policies: [kubernetes("you")] };
      lab.cloud.faults.add({ method: "PATCH", path: "*/auth/policies/*", kind: "status", status: 403 });
      await assert.rejects(policy.update("id", outs as PolicyOutputs, changed) as Promise<unknown>, /PULUMI_CLOUD_403/);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? "",
        /^LOCKS_OUT_CALLER: .*"system:serviceaccount:ci:me" any more\. Fix: keep an allow for it, or /,
      );
      await policy.delete("id", outs as PolicyOutputs);
      assert.equal(warnings.length, 2);
      assert.deepEqual((await lab.policies(news.issuerId)).map(isLeftBehind), [true]);
    });

    it("is not said while another entry allows the caller, nor when it is waived, and costs one read", async () => {
      const news = await inputs({ policies: [kubernetes("me")], callerClaims });
      const { outs } = await confirmed(policy.create(news));
      await lab.setPolicy(news.issuerId, [...(outs as PolicyOutputs).policies, allow(rulesOf("*"))]);
      const readsOf = async (name: string, olds: object, more: Partial<GivenPolicyInputs> = {}) => {
        const before = reads(news.issuerId);
        const wanted = { ...news, policies: [kubernetes(name)], ...more };
        const updated = await policy.update("id", olds as PolicyOutputs, wanted);
        return { outs: updated.outs, reads: reads(news.issuerId) - before };
      };
      const watched = await readsOf("you", outs);
      await lab.setPolicy(news.issuerId, [...watched.outs.policies, allow(rulesOf("me"))]);
      const waive = [{ name: "LOCKS_OUT_CALLER" as const, reason: "it goes" }];
      const { outs: last, ...waived } = await readsOf("them", watched.outs, { waive });
      assert.equal(watched.reads, waived.reads + 1);
      await lab.setPolicy(news.issuerId, [allow(rulesOf("me"))]);
      await policy.delete("id", { ...(last as PolicyOutputs), policies: [allow(rulesOf("me"))] });
      assert.deepEqual(warnings, []);
    });

    it("is about the tokens of this issuer alone", async () => {
      for (const [iss, said] of [
        ["https://other.example.com", 0],
        [undefined, 1],
      ] as const) {
        warnings = [];
        const news = await inputs({ policies: [kubernetes("me")] });
        const { url } = await lab.client.getIssuer(news.issuerId);
        for (const [claims, expected] of [[{ ...callerClaims, iss: iss ?? url }, said]] as const) {
          const { outs } = await confirmed(policy.create({ ...news, callerClaims: claims }));
          await policy.delete("id", outs as PolicyOutputs);
          assert.equal(warnings.length, expected);
        }
      }
    });

    it("reads the caller from its token's file at each change, and keeps nothing of it", async () => {
      const payload = Buffer.from(JSON.stringify({ ...callerClaims, jti: "secret-id" })).toString("base64url");
      await writeFile(tokenFile, `eyJhbGciOiJub25lIn0.${payload}.c2lnbmF0dXJl`);
      const news = await inputs({ policies: [kubernetes("me")], callerTokenFile: tokenFile });
      const { outs } = await confirmed(policy.create(news));
      assert.deepEqual(
        { ...outs, lease: "", policyId: "" },
        {
          ...{ ...news, policies: [allow(rulesOf("me"))] },
          ...{ lease: "", policyId: "" },
        },
      );
      await policy.delete("id", outs as PolicyOutputs);
      assert.equal(warnings.length, 1);
      assert.doesNotMatch(warnings.join(), new RegExp(`secret-id|${payload}`));
    });

    it("says so when the file can't be read, and goes on", async () => {
      await rm(tokenFile, { force: true });
      const news = await inputs({ policies: [kubernetes("me")], callerTokenFile: tokenFile });
      await confirmed(policy.create(news));
      assert.deepEqual(await lab.policies(news.issuerId), [allow(rulesOf("me"))]);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /^CALLER_INVALID: .*ENOENT.*Until then LOCKS_OUT_CALLER is not checked$/);
    });
  });

  it("sees a change in waivers and callers, which a later delete goes by", async () => {
    const news = { organization: "acme", apiUrl: "https://api", issuerId: "i", policies: [allow(rulesOf("a"))] };
    const state = { ...news, policyId: "p" } as PolicyOutputs;
    assert.equal((await policy.diff("id", state, { ...news, issuerKind: "kubernetes" })).changes, false);
    for (const more of [
      { waive: [{ name: "BROAD_SUBJECT" as const, reason: "r" }] },
      { callerClaims: { sub: "a" } },
      { callerTokenFile: "f" },
      { policies: [allow(rulesOf("b"))] },
    ]) {
      assert.deepEqual(await policy.diff("id", state, { ...news, ...more }), {
        ...{ changes: true, replaces: [], changed: Object.keys(more) },
      });
    }
  });
});
