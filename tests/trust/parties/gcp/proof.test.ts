import assert from "node:assert/strict";
import fc from "fast-check";
import type { Claims } from "../../../../trust/claims/claims";
import { gcpTrust } from "../../../../trust/parties/gcp/document";
import * as library from "../../../../trust/parties/gcp/evaluate/cel-library";
import { evaluateGcpTrust } from "../../../../trust/parties/gcp/evaluate/evaluate";
import { checkGcpTrust, decideGcpTrust, proveGcpTrust } from "../../../../trust/parties/gcp/proof";
import { textOf, tries } from "../../../helpers/property";
import { refused } from "../../../helpers/refused";

const POOL = "projects/1/locations/global/workloadIdentityPools/pulumi";
const TRUST = { issuer: "https://issuer.example.com", subject: "env:acme:prod", audience: "gcp:acme", pool: POOL };
const claims = (more: object = {}): Claims => ({ iss: TRUST.issuer, sub: TRUST.subject, aud: TRUST.audience, ...more });
const NEIGHBOURS = [
  claims({ sub: "env:acme:prod-2" }),
  claims({ sub: "xenv:acme:prod" }),
  claims({ aud: "gcp:acme-2" }),
];
const LONG = `env:acme:${"p".repeat(130)}`;

describe("trust/parties/gcp/proof", () => {
  it("gives the document as it is derived", () => {
    assert.deepEqual(proveGcpTrust(TRUST, NEIGHBOURS), gcpTrust(TRUST));
    const long = { ...TRUST, subject: LONG, shortClaim: "env_id" };
    assert.deepEqual(proveGcpTrust(long, [claims({ sub: `${LONG}-2` })]), gcpTrust(long));
  });

  it("refuses what admits a neighbour", () => {
    refused(() => proveGcpTrust(TRUST, [claims({ ref: "x" })]), "TRUST_NOT_PROVEN", undefined, "would admit");
    const long = { ...TRUST, subject: LONG, shortClaim: "env_id" };
    refused(() => proveGcpTrust(long, [claims({ sub: LONG })]), "TRUST_NOT_PROVEN", undefined, "would admit");
  });

  const whole = gcpTrust(TRUST);
  const other = gcpTrust({ ...TRUST, subject: "env:acme:dev" });
  for (const [what, change, verb] of [
    ["another subject", { attributeCondition: other.attributeCondition }, "refuse"],
    ["another member", { members: other.members }, "refuse"],
    ["no member", { members: [] }, "refuse"],
    ["another audience", { allowedAudiences: ["gcp"] }, "refuse"],
    ["another issuer", { issuerUri: "https://issuer.example.com/" }, "refuse"],
    ["another claim", { attributeMapping: { "google.subject": "assertion.aud" } }, "refuse"],
    ["a condition of another form", { attributeCondition: "assertion.sub.contains('env:')" }, "refuse"],
    ["a condition on how subjects begin", { attributeCondition: "assertion.sub.startsWith('env2:')" }, "refuse"],
    ["a condition that is always true", { attributeCondition: "true" }, "refuse"],
    [
      "one subject more",
      {
        ...gcpTrust({ ...TRUST, subject: [TRUST.subject, "env:acme:prod-2"] }),
        members: whole.members.concat(`principalSet://iam.googleapis.com/${POOL}/*`),
      },
      "admit",
    ],
    ["any audience of the provider", { allowedAudiences: ["gcp:acme", "gcp:acme-2"] }, "admit"],
  ] as const) {
    it(`notices a document for ${what}`, () =>
      refused(
        () =>
          checkGcpTrust(
            {
              ...whole,
              ...change,
              members: [...("members" in change ? change.members : whole.members)],
            } as typeof whole,
            [claims()],
            NEIGHBOURS,
          ),
        "TRUST_NOT_PROVEN",
        undefined,
        `the workload identity provider would ${verb}`,
      ));
  }

  it("decides without the CEL library, and as it does", () => {
    const { celLibrary } = library;
    const without = <T>(act: () => T): T => {
      Object.assign(library, { celLibrary: () => assert.fail("the library is loaded") });
      try {
        return act();
      } finally {
        Object.assign(library, { celLibrary });
      }
    };
    const subject = textOf("a'\\b\"{", 3).map((text) => `s${text}`);
    const value = fc.oneof(subject, fc.constantFrom<unknown>(LONG, "", 5, null, ["s"], undefined));
    let allowed = 0;
    fc.assert(
      fc.property(
        fc.array(subject, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        value,
        fc.constantFrom<unknown>("gcp:acme", ["gcp:acme", "x"], "x", undefined),
        fc.constantFrom(TRUST.issuer, "https://issuer.example.com2"),
        value,
        (subjects, long, sub, aud, iss, id) => {
          const trust = { ...TRUST, subject: long ? [...subjects, LONG] : subjects, shortClaim: "id" };
          const document = gcpTrust(trust);
          const token = Object.fromEntries(
            Object.entries({ iss, sub, aud, id }).filter(([, entry]) => entry !== undefined),
          );
          const decision = without(() => decideGcpTrust(document, token));
          assert.equal(decision, evaluateGcpTrust(document, token).decision, JSON.stringify([document, token]));
          allowed += decision === "allow" ? 1 : 0;
        },
      ),
      tries(2000),
    );
    assert.ok(allowed > 5, String(allowed));
  });
});
