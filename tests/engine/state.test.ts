import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { issuerProvider } from "../../provider/resources/issuer/provider";
import { policyProvider } from "../../provider/resources/policy/provider";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok } from "./support/engine";
import { makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { runnerStack } from "./support/runner";

const labStarted = labOn("kubernetes");

/**
 * What users' stacks have in state. To freeze another one, after the format was changed on purpose:
 * `OIDC_RUNNER_FREEZE_STATE=1 npm test -- tests/engine/state.test.ts`, and say in CHANGELOG.md what becomes of the old one.
 */
const FROZEN = join(packageRoot(), "tests", "engine", "state", "checkpoint.json");
const NAMESPACE = "frozen-state";
const ISSUER = "https://frozen.example.com";
/** A public key (RFC 7517, appendix A.1), so that the issuer needs no server. */
const JWKS = {
  keys: [
    {
      kty: "EC",
      crv: "P-256",
      x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
      kid: "1",
    },
  ],
};
const POLICY = { decision: "allow", accessToken: { organization: {} } };

interface Resource {
  urn: string;
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The frozen state on a Pulumi Cloud of this address and these certificates. */
function thawed(apiUrl: string, caCertificates: string): { deployment: { resources: Resource[] } } {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const text = readFileSync(FROZEN, "utf8");
  return JSON.parse(
    text.replaceAll("{{apiUrl}}", inJson(apiUrl)).replaceAll("{{caCertificates}}", () => inJson(caCertificates)),
  );
}

describe("the state that stacks have", () => {
  const { resources } = thawed("https://api.pulumi.com", "").deployment;

  it("holds every class, and nothing of the machine it is from", () => {
    const names = ["OidcTrustSetup", "KubernetesOidcRunner", "OidcIssuer", "OidcPolicy"];
    for (const name of names)
      assert.ok(
        resources.some(({ type }) => type.endsWith(`:${name}`)),
        name,
      );
    assert.doesNotMatch(readFileSync(FROZEN, "utf8"), /127\.0\.0\.1|BEGIN|\/tmp\/|\/home\/|pul-/);
  });

  for (const [kind, provider] of Object.entries({ OidcIssuer: issuerProvider, OidcPolicy: policyProvider })) {
    for (const { urn, id, inputs, outputs } of resources.filter(({ type }) => type.endsWith(`:${kind}`))) {
      it(`is read by today's provider: ${urn.split("::").slice(2).join(" ")}`, async () => {
        const { __provider, ...given } = inputs;
        const diffTo = async (news: object) => {
          // As for what is there already: nothing is asked of Pulumi Cloud.
          const checked = await provider.check(news as never, news as never);
          assert.deepEqual(checked.failures, []);
          return provider.diff(String(id), outputs as never, checked.inputs as never).changes;
        };
        assert.equal(await diffTo(given), false);
        assert.equal(await diffTo({ ...given, organization: "other" }), true);
      });
    }
  }
});

describe("the state that stacks have, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  const isOurs = ({ type }: { type: string }) => type.includes("oidc-runner:");

  before(async () => {
    state = await labStarted();
    await makeNamespace(state, NAMESPACE);
    const sub = "system:serviceaccount:others:*";
    engine = await runnerStack(state, "frozen", NAMESPACE, {
      args: { cluster: { issuerUrl: ISSUER }, cronJob: { schedule: "0 3 * * *" }, labels: { team: "web" } },
      trust: {
        kubernetes: { issuerUrl: ISSUER, jwks: JWKS },
        maxExpirationSeconds: "2h",
        policies: [
          { ...POLICY, decision: "deny", rules: { sub } },
          { ...POLICY, kubernetes: { namespace: "ci", serviceAccountName: "ci" } },
        ],
      },
    });
    if (process.env.OIDC_RUNNER_FREEZE_STATE === "1") {
      await ok(engine.up());
      writeFileSync(FROZEN, frozen(await engine.state()));
      await ok(engine.destroy());
    }
  });

  /** A state without what the test's lab and its time put into it, and without the objects of the cluster. */
  function frozen(exported: Awaited<ReturnType<Engine["state"]>>): string {
    const { deployment, ...rest } = exported;
    const kept = (deployment.resources ?? []).flatMap((resource) => {
      // It holds the program's configuration.
      if (resource.type === "pulumi:providers:pulumi-nodejs") return [{ ...resource, inputs: {}, outputs: {} }];
      return isOurs(resource) || resource.type === "pulumi:pulumi:Stack" ? [resource] : [];
    });
    const isPlace = (key: string) => key === "sourcePosition" || key === "stackTrace";
    const text = JSON.stringify(
      { ...rest, deployment: { ...deployment, resources: kept } },
      (key, value: unknown) => (isPlace(key) ? undefined : value),
      2,
    );
    const certificates = JSON.stringify(readFileSync(state.ca, "utf8")).slice(1, -1);
    return `${text
      .replaceAll(certificates, "{{caCertificates}}")
      .replaceAll(state.pulumiCloud.url, "{{apiUrl}}")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, "2026-01-01T00:00:00Z")}\n`;
  }

  it("plans no change of what is ours", async () => {
    const file = join(state.directory, "frozen.json");
    writeFileSync(file, JSON.stringify(thawed(state.pulumiCloud.url, readFileSync(state.ca, "utf8"))));
    const project = join(packageRoot(), "tests", "engine", "programs", "runner");
    await ok(engine.run(["stack", "import", "--file", file, "--stack", engine.stack, "--cwd", project]));
    const output = await ok(engine.preview(["--json"]));
    // It has steps of what changes, and counts the rest.
    const { steps, changeSummary } = JSON.parse(output.slice(output.indexOf("{"))) as {
      steps: { op: string; urn: string }[];
      changeSummary: { same: number };
    };
    const isChange = ({ op, urn }: { op: string; urn: string }) => op !== "same" && /:[A-Za-z]*Oidc\w*::/.test(urn);
    assert.deepEqual(steps.filter(isChange), []);
    const frozenOnes = thawed("", "").deployment.resources.filter(({ type }) => !type.includes("providers:"));
    assert.equal(changeSummary.same, frozenOnes.length, output);
  });
});
