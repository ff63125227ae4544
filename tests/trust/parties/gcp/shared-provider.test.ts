import assert from "node:assert/strict";
import type { Claims } from "../../../../trust/claims/claims";
import { evaluateGcpTrust } from "../../../../trust/parties/gcp/evaluate/evaluate";
import { decideGcpTrust } from "../../../../trust/parties/gcp/proof";
import {
  checkPoolId,
  checkSharedProvider,
  type GcpSharedTrust,
  gcpSharedTrust,
  proveGcpSharedTrust,
} from "../../../../trust/parties/gcp/shared-provider";
import { refused } from "../../../helpers/refused";

const TRUST: GcpSharedTrust = {
  issuer: "https://i.example.com",
  audience: "acme",
  pool: "projects/1/locations/global/workloadIdentityPools/pool",
  subjects: [{ start: "run:acme:", end: ":write" }, { start: "env:ac'me:" }],
  attributes: { "google.subject": ["team", "name"], "attribute.name": ["name"] },
  identities: [
    { attribute: "google.subject", value: "a/b" },
    { attribute: "attribute.name", value: "c" },
  ],
};
const TOKEN: Claims = { iss: TRUST.issuer, aud: "acme", sub: "run:acme:x:write", team: "a", name: "b" };

describe("trust/parties/gcp/shared-provider", () => {
  it("joins claims with slashes, and names the tenant in the condition", () => {
    const pool = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool";
    assert.deepEqual(gcpSharedTrust(TRUST), {
      issuerUri: "https://i.example.com",
      allowedAudiences: ["acme"],
      attributeMapping: {
        "google.subject": "assertion.team + '/' + assertion.name",
        "attribute.name": "assertion.name",
      },
      attributeCondition:
        "assertion.sub.startsWith('run:acme:') && assertion.sub.endsWith(':write') || assertion.sub.startsWith('env:ac\\'me:')",
      members: [`principal://${pool}/subject/a/b`, `principalSet://${pool}/attribute.name/c`],
    });
  });

  it("decides without a library for CEL as with one", () => {
    const document = gcpSharedTrust(TRUST);
    for (const [decision, changed] of [
      ["allow", {}],
      ["allow", { aud: ["x", "acme"] }],
      ["allow", { team: "z", name: "c" }],
      ["allow", { sub: "env:ac'me:y" }],
      ["deny", { team: "z" }],
      ["deny", { team: "a/b", name: "" }],
      ["deny", { team: undefined }],
      ["deny", { team: 1 }],
      ["deny", { sub: "run:acme2:x:write" }],
      ["deny", { sub: "run:acme:x:write2" }],
      ["deny", { sub: "xrun:acme:x:write" }],
      ["deny", { sub: "env:acme:y" }],
      ["deny", { sub: undefined }],
      ["deny", { aud: "acme2" }],
      ["deny", { name: "c", team: "z".repeat(126) }],
      ["allow", { name: "c", team: "z".repeat(125) }],
    ] as [string, Claims][]) {
      const token = Object.fromEntries(
        Object.entries({ ...TOKEN, ...changed }).filter(([, value]) => value !== undefined),
      );
      const told = JSON.stringify(changed);
      assert.equal(decideGcpTrust(document, token), decision, told);
      assert.equal(evaluateGcpTrust(document, token).decision, decision, told);
    }
  });

  it("is proven for tokens and their neighbours", () => {
    const neighbour = { ...TOKEN, name: "b2" };
    assert.deepEqual(proveGcpSharedTrust(TRUST, [TOKEN], [neighbour]), gcpSharedTrust(TRUST));
    refused(() => proveGcpSharedTrust(TRUST, [neighbour], []), "TRUST_NOT_PROVEN");
    refused(() => proveGcpSharedTrust(TRUST, [TOKEN], [{ ...neighbour, name: "c" }]), "TRUST_NOT_PROVEN");
  });

  it("takes 127 bytes of google.subject and refuses 128; other attributes may be longer", () => {
    const trust = (attribute: string, value: string) => ({ ...TRUST, identities: [{ attribute, value }] });
    gcpSharedTrust(trust("google.subject", `${"é".repeat(63)}a`));
    gcpSharedTrust(trust("attribute.name", "a".repeat(128)));
    refused(
      () => gcpSharedTrust(trust("google.subject", "é".repeat(64))),
      "GCP_SUBJECT_TOO_LONG",
      "subject",
      "128 bytes",
    );
  });

  it("takes a condition of 4,096 characters and refuses 4,097", () => {
    const trust = (length: number) => {
      const rest = "assertion.sub.startsWith('')".length;
      return { ...TRUST, subjects: [{ start: "a".repeat(length - rest) }] };
    };
    assert.equal(gcpSharedTrust(trust(4096)).attributeCondition.length, 4096);
    refused(() => gcpSharedTrust(trust(4097)), "GCP_TRUST_INVALID");
    refused(() => gcpSharedTrust({ ...TRUST, audience: "" }), "GCP_TRUST_INVALID");
    refused(() => gcpSharedTrust({ ...TRUST, pool: "pool" }), "GCP_TRUST_INVALID");
  });

  it("tells which field of a provider that is there differs", () => {
    const { members: _, ...wanted } = gcpSharedTrust(TRUST);
    checkSharedProvider(wanted, wanted, "p");
    refused(
      () => checkSharedProvider({ ...wanted, attributeCondition: "true" }, wanted, "p"),
      "GCP_PROVIDER_MISMATCH",
      "gcp.providerId",
      'attributeCondition of the provider p is "true"',
    );
    refused(
      () => checkSharedProvider({ ...wanted, attributeMapping: {} }, wanted, "p"),
      "GCP_PROVIDER_MISMATCH",
      undefined,
      'attributeMapping["google.subject"] of the provider p is not there',
    );
  });

  it("takes ids of 4 to 32 characters", () => {
    for (const id of ["abcd", "a".repeat(32), "0-0-", "gcpx"]) checkPoolId(id, "gcp.poolId");
    for (const id of ["abc", "a".repeat(33), "Abcd", "a_bc", "gcp-a", ""]) {
      refused(() => checkPoolId(id, "gcp.poolId"), "GCP_TRUST_INVALID", "gcp.poolId");
    }
  });
});
