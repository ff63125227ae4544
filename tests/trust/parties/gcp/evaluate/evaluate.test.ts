import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { evaluateGcpTrust } from "../../../../../trust/parties/gcp/evaluate/evaluate";
import { refused } from "../../../../helpers/refused";

const POOL = "projects/123/locations/global/workloadIdentityPools/ci";
const PROVIDER = {
  issuerUri: "https://issuer.example.com",
  allowedAudiences: ["pulumi"],
  attributeMapping: { "google.subject": "assertion.sub", "attribute.team": "assertion.team" },
  attributeCondition: "assertion.ref == 'refs/heads/main' && attribute.team.startsWith('platform')",
  members: [`principal://iam.googleapis.com/${POOL}/subject/me`],
};
const CLAIMS = {
  iss: "https://issuer.example.com",
  aud: ["pulumi"],
  sub: "me",
  team: "platform-1",
  ref: "refs/heads/main",
};
const reasons = (document: object, claims: object) => {
  const { decision, reasons: found } = evaluateGcpTrust({ ...PROVIDER, ...document }, { ...CLAIMS, ...claims });
  assert.equal(decision, "deny");
  return found;
};

describe("trust/parties/gcp/evaluate/evaluate", () => {
  it("names the member that admits a token", () => {
    assert.deepEqual(evaluateGcpTrust(PROVIDER, CLAIMS), {
      decision: "allow",
      reasons: [`the provider takes the token, and ${PROVIDER.members[0]} is who it is`],
    });
  });

  it("says all that is wrong, with the nearest fix", () => {
    assert.deepEqual(
      reasons(
        { disabled: true },
        { iss: "https://issuer.example.com/", aud: "other", ref: "refs/heads/dev", team: "x" },
      ),
      [
        "the provider is disabled",
        "issuer expected https://issuer.example.com, got iss https://issuer.example.com/ (they differ only by a final slash)",
        "audience expected pulumi, got aud other",
        'attributeCondition: assertion.ref == "refs/heads/main" is false; assertion.ref is refs/heads/dev',
        'attributeCondition: attribute.team.startsWith("platform") is false; attribute.team is x',
      ],
    );
  });

  it("shows every value of a list, and no part that is met", () => {
    const attributeCondition = "assertion.ref == 'refs/heads/main' && 'x' in assertion.aud";
    assert.deepEqual(reasons({ attributeCondition }, { aud: ["pulumi", "y"] }), [
      'attributeCondition: "x" in assertion.aud is false; assertion.aud is pulumi, y',
    ]);
  });

  it("takes an issuer exactly, and no other type", () => {
    assert.match(reasons({}, { iss: "https://Issuer.example.com" })[0] ?? "", /only in upper and lower case/);
    assert.match(reasons({}, { iss: [CLAIMS.iss] })[0] ?? "", /got no iss$/);
  });

  it("asks no condition of attributes that could not be mapped", () => {
    assert.deepEqual(reasons({}, { team: 5, ref: "refs/heads/dev" }), [
      "attribute.team = assertion.team must give a text, got a value of another type",
    ]);
    assert.match(reasons({}, { team: undefined })[0] ?? "", /^attribute\.team = assertion\.team must give a text, got/);
  });

  it("tells falsehood, errors and other types apart", () => {
    const said = (attributeCondition: string) => reasons({ attributeCondition }, {})[0] ?? "";
    assert.match(said("assertion.ref == 'x'"), / is false; assertion\.ref is refs\/heads\/main$/);
    assert.match(said("assertion.none == 'x'"), / has no value \(.*none.*\)$/);
    assert.match(
      said("assertion.ref"),
      / is not a boolean, and only true is taken; assertion\.ref is refs\/heads\/main$/,
    );
    assert.match(
      said("assertion['ref'] == 'x' || assertion.aud.exists(a, a == 'x')"),
      /assertion\.ref is .*; assertion\.aud is pulumi$/,
    );
  });

  it("cuts long values", () => {
    const found = reasons({}, { ref: "a".repeat(500) });
    assert.ok(found[0]?.endsWith(`assertion.ref is ${"a".repeat(200)}…`), found[0]);
    assert.ok(reasons({}, { ref: "a".repeat(200) })[0]?.endsWith(`is ${"a".repeat(200)}`));
  });

  it("says that there are no members, or why none of them is meant", () => {
    assert.deepEqual(reasons({ members: [] }, {}), ["the provider takes the token, but the binding has no members"]);
    assert.deepEqual(reasons({}, { sub: "you" }), ["google.subject expected me, got you"]);
  });

  it("takes the pool from the provider's own audience, or its name", () => {
    const own = { ...PROVIDER, allowedAudiences: [] };
    const aud = `https://iam.googleapis.com/${POOL}/providers/x`;
    assert.equal(evaluateGcpTrust(own, { ...CLAIMS, aud }).decision, "allow");
    assert.match(
      reasons({ allowedAudiences: [] }, {})[0] ?? "",
      /^audience expected .*because allowedAudiences is empty, got aud pulumi$/,
    );
    const other = aud.replace("/ci/", "/cd/");
    assert.match(reasons({ allowedAudiences: [] }, { aud: other })[0] ?? "", /is of another pool than .*\/cd$/);
    const name = `${POOL}/providers/x`;
    assert.equal(evaluateGcpTrust({ ...own, name }, { ...CLAIMS, aud }).decision, "allow");
    assert.match(
      reasons({ allowedAudiences: [], name: `${POOL}/providers/y` }, { aud })[0] ?? "",
      /^audience expected .*\/providers\/y/,
    );
    assert.match(reasons({ name: name.replace("/ci/", "/cd/") }, {})[0] ?? "", /is of another pool/);
  });

  it("counts the subject's bytes and all attributes together", () => {
    assert.deepEqual(reasons({}, { sub: "x".repeat(128) })[0], "google.subject must have 1 to 127 bytes, got 128");
    assert.deepEqual(reasons({}, { sub: "" })[0], "google.subject must have 1 to 127 bytes, got 0");
    assert.match(reasons({}, { team: "x".repeat(8191) })[0] ?? "", /at most 8192 bytes, got 8193$/);
    const fits = { ...CLAIMS, team: `platform${"x".repeat(8190 - 8)}` };
    assert.equal(evaluateGcpTrust(PROVIDER, fits).decision, "allow");
  });

  it("refuses documents that hold mistakes, whatever the token", () => {
    for (const [change, code, where] of [
      [{ attributeCondition: "sub == 'a'" }, "GCP_EXPRESSION_INVALID", "attributeCondition, line 1, column 1"],
      [
        { attributeCondition: "attribute.subject == 'a'" },
        "GCP_EXPRESSION_INVALID",
        "attributeCondition, line 1, column 10",
      ],
      [{ attributeCondition: "google.team == 'a'" }, "GCP_EXPRESSION_INVALID", "attributeCondition, line 1, column 7"],
      [{ attributeMapping: { "google.subject": "assertion.sub.format()" } }, "GCP_EXPRESSION_INVALID"],
      [{ attributeMapping: { "google.subject": "attribute.team" } }, "GCP_EXPRESSION_INVALID"],
      [{ attributeMapping: { "google.subject": `'${"a".repeat(2048)}'` } }, "GCP_EXPRESSION_INVALID"],
      [{ members: ["user:me@example.com"] }, "GCP_MEMBER_INVALID"],
      [{ issuerUri: "issuer" }, "GCP_PROVIDER_INVALID"],
    ] as const) {
      refused(() => evaluateGcpTrust({ ...PROVIDER, ...change }, {}), code, where);
    }
  });

  it("refuses claims that no token has, instead of running out of stack", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`) as object;
    refused(() => evaluateGcpTrust(PROVIDER, { ...CLAIMS, deep }), "GCP_CLAIMS_INVALID");
  });

  it("loads no CEL before there is something to evaluate", () => {
    const path = join(__dirname, "../../../../../trust/parties/gcp/evaluate/evaluate");
    const script = `
      const { evaluateGcpTrust } = require(${JSON.stringify(path)});
      const loaded = () => Object.keys(require.cache).some((file) => /@bufbuild.cel/.test(file));
      const before = loaded();
      evaluateGcpTrust(${JSON.stringify(PROVIDER)}, ${JSON.stringify(CLAIMS)});
      console.log(JSON.stringify([before, loaded()]));`;
    const args = ["-r", "ts-node/register/transpile-only", "-e", script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(stdout.trim(), "[false,true]", stderr);
  });
});
