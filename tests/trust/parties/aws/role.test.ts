import { checkRoleOptions, type RoleOptions } from "../../../../trust/parties/aws/role";
import { refused } from "../../../helpers/refused";

const text = (length: number) => "x".repeat(length);
const policyOf = (size: number) => JSON.stringify({ Statement: [], Sid: text(size - 25) });
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, ""]));
const POLICY = "arn:aws:iam::123456789012:policy/team/boundary";

/** Place, what is refused there, and the near miss that is not. */
const CASES: [where: string, bad: RoleOptions, good: RoleOptions][] = [
  ["name", { name: "a b" }, { name: "a_b+=,.@-" }],
  ["name", { name: "" }, { name: "a" }],
  ["name", { name: text(65) }, { name: text(64) }],
  ["namePrefix", { namePrefix: text(39) }, { namePrefix: text(38) }],
  ["path", { path: "runners/" }, { path: "/runners/" }],
  ["path", { path: "/runners" }, { path: "/" }],
  ["path", { path: "/a b/" }, { path: "/a/b!/" }],
  ["path", { path: `/${text(511)}/` }, { path: `/${text(510)}/` }],
  ["maxSessionDuration", { maxSessionDuration: 3599 }, { maxSessionDuration: 3600 }],
  ["maxSessionDuration", { maxSessionDuration: 43_201 }, { maxSessionDuration: 43_200 }],
  ["maxSessionDuration", { maxSessionDuration: 3600.5 }, { maxSessionDuration: 3601 }],
  ["description", { description: text(1001) }, { description: text(1000) }],
  ["permissionsBoundary", { permissionsBoundary: "boundary" }, { permissionsBoundary: POLICY }],
  ["permissionsBoundary", { permissionsBoundary: POLICY.replace("policy", "role") }, { permissionsBoundary: POLICY }],
  [
    "managedPolicyArns[1]",
    { managedPolicyArns: [POLICY, "arn:aws:iam::aws:policy/"] },
    { managedPolicyArns: [POLICY] },
  ],
  [
    "managedPolicyArns[1]",
    { managedPolicyArns: [POLICY, POLICY] },
    { managedPolicyArns: [POLICY, "arn:aws:iam::aws:policy/ReadOnlyAccess"] },
  ],
  ["inlinePolicies.a b", { inlinePolicies: { "a b": "{}" } }, { inlinePolicies: { ab: '{"Statement":[]}' } }],
  ["inlinePolicies.a", { inlinePolicies: { a: "{" } }, { inlinePolicies: { a: '{"Statement":{}}' } }],
  ["inlinePolicies.a", { inlinePolicies: { a: "null" } }, { inlinePolicies: { a: '{"Statement":{}}' } }],
  ["inlinePolicies.a", { inlinePolicies: { a: '{"Version":"2012-10-17"}' } }, { inlinePolicies: {} }],
  [
    "inlinePolicies",
    { inlinePolicies: { a: policyOf(10_000), b: policyOf(241) } },
    { inlinePolicies: { a: policyOf(10_000), b: ` ${policyOf(240)}` } },
  ],
  ["tags.aws:a", { tags: { "aws:a": "" } }, { tags: { aws: "" } }],
  ["tags.", { tags: { "": "" } }, { tags: { a: "" } }],
  [`tags.${text(129)}`, { tags: { [text(129)]: "" } }, { tags: { [text(128)]: "" } }],
  ["tags.a", { tags: { a: text(257) } }, { tags: { a: text(256) } }],
  ["tags", { tags: tags(51) }, { tags: tags(50) }],
];

describe("trust/parties/aws/role", () => {
  for (const [where, bad, good] of CASES) {
    it(`refuses ${where}: ${JSON.stringify(bad).slice(0, 80)}`, () => {
      refused(() => checkRoleOptions(bad), "ROLE_INVALID", `aws.role.${where}`);
      checkRoleOptions(good);
    });
  }

  it("refuses policies of another partition, once the role's is known", () => {
    for (const field of [{ permissionsBoundary: POLICY }, { managedPolicyArns: [POLICY] }]) {
      refused(
        () => checkRoleOptions(field, undefined, "aws-cn"),
        "ROLE_INVALID",
        undefined,
        "is of the partition aws,",
      );
      checkRoleOptions(field, undefined, "aws");
    }
    checkRoleOptions({ permissionsBoundary: POLICY.replace("aws", "aws-cn") }, undefined, "aws-cn");
  });

  it("says where it was told to look", () => {
    refused(
      () => checkRoleOptions({ path: "" }, "runner.aws.podIdentity.role"),
      "ROLE_INVALID",
      "runner.aws.podIdentity.role.path",
    );
  });
});
