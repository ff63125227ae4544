import assert from "node:assert/strict";
import type { Finding } from "../../../trust/lint";
import { lintAwsTrust } from "../../../trust/parties/aws/lint/lint";
import { lintAzureTrust } from "../../../trust/parties/azure/lint";
import { evaluateGcpTrust } from "../../../trust/parties/gcp/evaluate/evaluate";
import { lintGcpTrust } from "../../../trust/parties/gcp/lint/lint";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
const told = (findings: Finding[]) => findings.map(({ name, severity, path }) => `${severity} ${name} ${path}`);

describe("trust/parties: what a party stores", () => {
  /** A trust policy of so many characters without white space. */
  function trustPolicy(length: number): object {
    const policy = (sid: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: sid,
          Effect: "Allow",
          Action: "sts:AssumeRoleWithWebIdentity",
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
          Condition: {
            StringEquals: {
              [`${HOST}:sub`]: "system:serviceaccount:pulumi:deployer",
              [`${HOST}:aud`]: "sts.amazonaws.com",
            },
          },
        },
      ],
    });
    return policy("a".repeat(length - JSON.stringify(policy("")).length));
  }

  for (const [length, findings] of [
    [2048, []],
    [2049, ["warning DOCUMENT_TOO_LONG $"]],
    [8192, ["warning DOCUMENT_TOO_LONG $"]],
    [8193, ["error DOCUMENT_TOO_LONG $"]],
  ] as const) {
    it(`${findings[0] ?? "nothing"} is said of a trust policy of ${length} characters, however it is indented`, () => {
      const policy = trustPolicy(length);
      assert.equal(JSON.stringify(policy).length, length);
      const indented: unknown = JSON.parse(JSON.stringify(policy, null, 8));
      assert.deepEqual(told(lintAwsTrust(indented)), findings);
    });
  }

  /** A service account's subject of so many bytes; an é has two. */
  const subject = (bytes: number, letter = "a") =>
    `system:serviceaccount:pulumi:${letter.repeat((bytes - 29) / Buffer.byteLength(letter))}`;
  const pool = (value: string) =>
    `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/${value}`;
  const provider = (more: object) => ({
    issuerUri: `https://${HOST}`,
    allowedAudiences: ["gcp"],
    attributeMapping: { "google.subject": "assertion.sub" },
    ...more,
  });
  const tooLong = (path: string) => [`error SUBJECT_TOO_LONG ${path}`];

  for (const [what, more, findings] of [
    ["a member of 127 bytes", { members: [pool(`subject/${subject(127)}`)] }, []],
    ["a member of 128 bytes", { members: [pool(`subject/${subject(128)}`)] }, tooLong("members[0]")],
    ["a member of 127 bytes in fewer letters", { members: [pool(`subject/${subject(127, "é")}`)] }, []],
    ["a member of 129 bytes in 79 letters", { members: [pool(`subject/${subject(129, "é")}`)] }, tooLong("members[0]")],
    [
      "a condition on a subject of 128 bytes",
      { attributeCondition: `assertion.sub == '${subject(128)}'`, members: [pool("subject/b")] },
      ["error CONTRADICTORY_CONDITIONS members[0]", ...tooLong("attributeCondition")],
    ],
    [
      "a condition on how a subject begins, in 128 bytes",
      {
        attributeCondition: `assertion.sub.startsWith('${subject(128)}')`,
        members: [pool(`subject/${subject(128)}b`)],
      },
      [...tooLong("attributeCondition"), ...tooLong("members[0]")],
    ],
    [
      "such a condition where another claim is mapped",
      {
        attributeMapping: { "google.subject": "assertion['kubernetes.io'].serviceaccount.uid" },
        attributeCondition: `assertion.sub == '${subject(128)}'`,
        members: [pool("subject/b")],
      },
      [],
    ],
  ] as const) {
    it(`${findings.length === 0 ? "nothing" : "SUBJECT_TOO_LONG"} is said of ${what} at Google`, () => {
      const lengths = (list: readonly string[]) => list.filter((text) => text.includes("SUBJECT_TOO_LONG")).sort();
      assert.deepEqual(lengths(told(lintGcpTrust(provider(more)))), lengths(findings));
    });
  }

  it("agrees with what Google's evaluation says of such a token", () => {
    for (const [bytes, decision] of [
      [127, "allow"],
      [128, "deny"],
    ] as const) {
      const claims = { iss: `https://${HOST}`, aud: "gcp", sub: subject(bytes) };
      assert.equal(
        evaluateGcpTrust(provider({ members: [pool(`subject/${subject(bytes)}`)] }), claims).decision,
        decision,
      );
    }
  });

  const credential = (index: number) => ({
    issuer: `https://${HOST}`,
    subject: `system:serviceaccount:pulumi:job-${index}`,
    audiences: ["api://AzureADTokenExchange"],
  });
  const credentials = (count: number) => Array.from({ length: count }, (_, index) => credential(index));

  it("TOO_MANY_CREDENTIALS is said of 21 federated credentials, and nothing of 20", () => {
    for (const [wrap, path] of [
      [(list: object[]) => list, "$"],
      [(list: object[]) => ({ value: list }), "value"],
    ] as const) {
      assert.deepEqual(told(lintAzureTrust(wrap(credentials(20)))), []);
      assert.deepEqual(told(lintAzureTrust(wrap(credentials(21)))), [`error TOO_MANY_CREDENTIALS ${path}`]);
    }
  });

  it("says of a list of credentials what is wrong with each", () => {
    const wrong = { ...credential(1), subject: "system:serviceaccount:pulumi:*" };
    assert.deepEqual(told(lintAzureTrust([credential(0), wrong])), ["error LITERAL_WILDCARD [1].subject"]);
    assert.deepEqual(told(lintAzureTrust({ value: [wrong] })), ["error LITERAL_WILDCARD value[0].subject"]);
    assert.deepEqual(told(lintAzureTrust(wrong)), ["error LITERAL_WILDCARD subject"]);
  });
});
