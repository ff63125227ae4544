import assert from "node:assert/strict";
import type { Claims } from "../../trust/claims/claims";
import { kubernetes, type PodIdentity, podClaims } from "../../trust/issuers/kubernetes";
import { checkAdmitsOnly as check, type Decides } from "../../trust/proof";
import { refused } from "../helpers/refused";

const POD = {
  issuerUrl: "https://issuer.example.com",
  namespace: "pulumi",
  serviceAccountName: "deployer",
  audience: "urn:pulumi:org:acme",
};

/** As the makers of trust documents for pods call it. */
function checkAdmitsOnly(document: Decides, pod: PodIdentity, others: PodIdentity[] = []): void {
  check(document, [podClaims(pod)], [...kubernetes.neighbours(podClaims(pod)), ...others.map(podClaims)]);
}

/** A document that admits tokens whose namespace, ServiceAccount and audience fit, and none of another issuer. */
function admits(namespace: RegExp, serviceAccount: RegExp, audience: RegExp, asked: Claims[] = []) {
  const decide = (claims: Claims) => {
    asked.push(claims);
    const [, , ofNamespace = "", name = ""] = String(claims.sub).split(":");
    const fits = namespace.test(ofNamespace) && serviceAccount.test(name) && audience.test(String(claims.aud));
    return fits && claims.iss === POD.issuerUrl ? "allow" : "deny";
  };
  return { name: "the document", shown: { a: 1 }, decide } as const;
}

const [NAMESPACE, NAME, AUDIENCE] = [/^pulumi$/, /^deployer$/, /^urn:pulumi:org:acme$/];

describe("trust/proof", () => {
  it("takes a document for one pod, and asks about that pod and Kubernetes neighbours alone", () => {
    const asked: Claims[] = [];
    checkAdmitsOnly(admits(NAMESPACE, NAME, AUDIENCE, asked), POD);
    for (const { iss, sub, aud } of asked) {
      assert.equal(iss, POD.issuerUrl);
      assert.match(String(sub), /^system:serviceaccount:[a-z0-9-]+:[a-z0-9-]+$/);
      assert.match(String(aud), /^[a-z]/);
    }
    assert.equal(new Set(asked.map((claims) => JSON.stringify(claims))).size, asked.length);
  });

  // Each admits but one kind of neighbour.
  const wide: [what: string, namespace: RegExp, name: RegExp, audience: RegExp][] = [
    ["ServiceAccounts that begin alike", NAMESPACE, /^deployer/, AUDIENCE],
    ["ServiceAccounts that end alike", NAMESPACE, /deployer$/, AUDIENCE],
    ["ServiceAccounts without likeness", NAMESPACE, /^deployer$|^(?!.*deployer)./, AUDIENCE],
    ["namespaces that begin alike", /^pulumi/, NAME, AUDIENCE],
    ["namespaces that end alike", /pulumi$/, NAME, AUDIENCE],
    ["audiences that begin alike", NAMESPACE, NAME, /^urn:pulumi:org:acme/],
    ["the API server's audience", NAMESPACE, NAME, /^urn:pulumi:org:acme$|^https:\/\/kubernetes\.default\.svc$/],
    ["the audience of AWS", NAMESPACE, NAME, /^urn:pulumi:org:acme$|^sts\.amazonaws\.com$/],
  ];
  for (const [what, ...document] of wide) {
    it(`refuses a document that admits ${what} too`, () =>
      refused(
        () => checkAdmitsOnly(admits(...document), POD),
        "TRUST_NOT_PROVEN",
        '{"a":1}',
        "the document would admit ",
      ));
  }

  it("says who would be refused or admitted wrongly", () => {
    const who = (name: string) =>
      `system:serviceaccount:pulumi:${name} of ${POD.issuerUrl} with audience ${POD.audience}`;
    refused(
      () => checkAdmitsOnly(admits(NAMESPACE, /^other$/, AUDIENCE), POD),
      "TRUST_NOT_PROVEN",
      '{"a":1}',
      `the document would refuse ${who("deployer")}`,
    );
    refused(
      () => checkAdmitsOnly(admits(NAMESPACE, /^deployer(-2)?$/, AUDIENCE), POD),
      "TRUST_NOT_PROVEN",
      '{"a":1}',
      `the document would admit ${who("deployer-2")}`,
    );
  });

  it("does not take a pod for its own neighbour", () => {
    for (const pod of [
      { ...POD, serviceAccountName: "default-neighbour" },
      { ...POD, audience: "sts.amazonaws.com" },
      { ...POD, audience: "https://kubernetes.default.svc" },
    ]) {
      const exact = (text: string) => new RegExp(`^${text}$`);
      checkAdmitsOnly(admits(NAMESPACE, exact(pod.serviceAccountName), exact(pod.audience)), pod);
    }
  });

  it("refuses what admits a neighbour given besides", () => {
    const other = { ...POD, namespace: "monitoring", serviceAccountName: "prometheus" };
    const document = admits(/^(pulumi|monitoring)$/, /^(deployer|prometheus)$/, AUDIENCE);
    checkAdmitsOnly(document, POD);
    refused(() => checkAdmitsOnly(document, POD, [other]), "TRUST_NOT_PROVEN", undefined, "monitoring:prometheus");
  });
});
