import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { fails, ok, resourcesOf } from "./support/engine";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

const TOKEN = { decision: "allow", accessToken: { organization: {} } };
const account = (serviceAccountName: string) => ({ ...TOKEN, kubernetes: { namespace: "ci", serviceAccountName } });
const subject = (name: string) => `system:serviceaccount:ci:${name}`;
const repository = { ...TOKEN, githubActions: { repository: "acme/app", branch: "main" } };
const noAudience = { ...TOKEN, rules: { sub: "x" } };

describe("definitions, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let trust: Record<string, unknown>;

  const give = (policies: object[], more: object = {}, late = false) =>
    engine.configure({ trust: JSON.stringify({ ...trust, policies, ...more }), late: String(late) });
  const written = async () => {
    const policy = (await resourcesOf(engine)).find(({ type }) => type.endsWith(":OidcPolicy"));
    return (policy?.outputs?.policies ?? []) as { rules: { sub: string } }[];
  };

  before(async () => {
    state = await labStarted();
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    trust = {
      organization: state.pulumiCloud.organization,
      caCertificates: readFileSync(state.ca, "utf8"),
      custom: {
        issuerUrl: "https://definitions.example.com",
        jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "ES256", use: "sig" }] },
      },
    };
    const project = join(packageRoot(), "tests", "engine", "programs", "definitions");
    engine = new Engine(state, { project, stack: "definitions" });
    await engine.init();
  });

  it("are compiled, change nothing when they stay, and warn before they lock their writer out", async () => {
    const aud = `urn:pulumi:org:${state.pulumiCloud.organization}`;
    const callerClaims = { aud, sub: subject("one") };
    give([account("one"), repository], { callerClaims });
    const first = await ok(engine.up());
    assert.match(first, /warning: MUTABLE_GITHUB_NAME at policies\[1\]\.rules\.sub: /);
    assert.doesNotMatch(first, /LOCKS_OUT_CALLER/);
    assert.deepEqual(await written(), [
      { decision: "allow", tokenType: "organization", authorizedPermissions: [], rules: { aud, sub: subject("one") } },
      {
        decision: "allow",
        tokenType: "organization",
        authorizedPermissions: [],
        rules: { aud, sub: "repo:acme/app:ref:refs/heads/main" },
      },
    ]);
    give([account("one"), repository], { callerClaims }, true);
    await ok(engine.up(["--expect-no-changes"]));

    give([account("two")], { callerClaims });
    assert.match(await ok(engine.up()), /LOCKS_OUT_CALLER: .*"system:serviceaccount:ci:one" any more\. Fix: /);
    assert.deepEqual(
      (await written()).map(({ rules }) => rules.sub),
      [subject("two")],
    );
  });

  it("are refused when they turn out to be what the linter calls an error, and nothing is written", async () => {
    give([noAudience], {}, true);
    assert.match(await fails(engine.up()), /problem: POLICY_LINT: MISSING_AUDIENCE at policies\[0\]\.rules: /);
    assert.deepEqual(
      (await written()).map(({ rules }) => rules.sub),
      [subject("two")],
    );
  });

  after(async () => {
    await ok(engine.destroy());
  });
});
