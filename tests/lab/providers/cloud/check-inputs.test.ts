import assert from "node:assert/strict";
import { clusterResource } from "../../../../lab/providers/aws/cluster";
import { oidcProviderResource } from "../../../../lab/providers/aws/oidc-provider";
import { podIdentityAssociationResource } from "../../../../lab/providers/aws/pod-identity-association";
import { awsProvider } from "../../../../lab/providers/aws/provider";
import { roleResource } from "../../../../lab/providers/aws/role";
import { attachmentResource, rolePolicyResource } from "../../../../lab/providers/aws/role-policies";
import { applicationResource } from "../../../../lab/providers/azure/application";
import { applicationCredentialResource } from "../../../../lab/providers/azure/application-credential";
import { identityResource } from "../../../../lab/providers/azure/identity";
import { identityCredentialResource } from "../../../../lab/providers/azure/identity-credential";
import { roleAssignmentResource } from "../../../../lab/providers/azure/role-assignment";
import { servicePrincipalResource } from "../../../../lab/providers/azure/service-principal";
import { checkInputs } from "../../../../lab/providers/cloud/check-inputs";
import type { CloudResource } from "../../../../lab/providers/cloud/resource";
import { accountResource } from "../../../../lab/providers/gcp/account";
import { identityPoolResource } from "../../../../lab/providers/gcp/identity-pool";
import { identityPoolProviderResource } from "../../../../lab/providers/gcp/identity-pool-provider";
import { memberResource } from "../../../../lab/providers/gcp/member";
import { runServiceResource } from "../../../../lab/providers/gcp/run-service";
import type { LabClient } from "../../../../lab/providers/lab-client";
import { secret, UNKNOWN } from "../../../../plugin/server/values";
import { type PackageName, packageInputs } from "./package-inputs";

const lab = {} as LabClient;
const role = roleResource(lab);
const association = podIdentityAssociationResource(lab);
const member = memberResource(lab, { input: "project", resource: () => "" });
const RESOURCES: [provider: PackageName, file: string, name: string, resource: CloudResource][] = [
  ["aws", "iam/role", "Role", role],
  ["aws", "iam/openIdConnectProvider", "OpenIdConnectProvider", oidcProviderResource(lab)],
  ["aws", "iam/rolePolicyAttachment", "RolePolicyAttachment", attachmentResource(lab)],
  ["aws", "iam/rolePolicy", "RolePolicy", rolePolicyResource(lab)],
  ["aws", "eks/cluster", "Cluster", clusterResource(lab)],
  ["aws", "eks/podIdentityAssociation", "PodIdentityAssociation", association],
  ["gcp", "iam/workloadIdentityPool", "WorkloadIdentityPool", identityPoolResource(lab, () => "")],
  [
    ...(["gcp", "iam/workloadIdentityPoolProvider", "WorkloadIdentityPoolProvider"] as const),
    identityPoolProviderResource(lab, () => ""),
  ],
  ["gcp", "serviceaccount/account", "Account", accountResource(lab, () => "")],
  [
    ...(["gcp", "serviceaccount/iammember", "IAMMember"] as const),
    memberResource(lab, { input: "serviceAccountId", resource: () => "" }),
  ],
  ["gcp", "projects/iammember", "IAMMember", member],
  ["gcp", "cloudrunv2/service", "Service", runServiceResource(lab, () => "")],
  [
    ...(["gcp", "cloudrunv2/serviceIamMember", "ServiceIamMember"] as const),
    memberResource(lab, { input: "name", besides: ["location", "project"], resource: () => "" }),
  ],
  ["azure-native", "managedidentity/userAssignedIdentity", "UserAssignedIdentity", identityResource(lab, () => "")],
  [
    ...(["azure-native", "managedidentity/federatedIdentityCredential", "FederatedIdentityCredential"] as const),
    identityCredentialResource(lab),
  ],
  ["azure-native", "authorization/roleAssignment", "RoleAssignment", roleAssignmentResource(lab)],
  ["azuread", "application", "Application", applicationResource(lab)],
  ["azuread", "servicePrincipal", "ServicePrincipal", servicePrincipalResource(lab)],
  [
    ...(["azuread", "applicationFederatedIdentityCredential", "ApplicationFederatedIdentityCredential"] as const),
    applicationCredentialResource(lab),
  ],
];

const ROLE_ARN = "arn:aws:iam::111122223333:role/r";
const GOOD = { clusterName: "c", namespace: "n", serviceAccount: "s", roleArn: ROLE_ARN };
const failures = (resource: CloudResource, given: object) => checkInputs(resource, "it", { ...given }).failures;
const properties = (resource: CloudResource, given: object) =>
  failures(resource, given).map(({ property }) => property);

describe("lab/providers/cloud: inputs", () => {
  for (const [provider, file, name, resource] of RESOURCES) {
    it(`of ${provider} ${file} are those of the installed package, with their types`, () => {
      const { types, required } = packageInputs(provider, file, name);
      assert.deepEqual(resource.inputs, types);
      // The package makes an account's id where there is none.
      assert.deepEqual([...resource.required].sort(), name === "Account" ? ["accountId"] : required.sort());
      const mentioned = [...(resource.unsupported ?? []), ...Object.keys(resource.forms ?? {}), ...resource.forceNew];
      assert.deepEqual(
        mentioned.filter((input) => !Object.hasOwn(resource.inputs, input)),
        [],
      );
    });
  }

  it("refuse names that the package does not have, and those that the lab does not support, apart", () => {
    assert.deepEqual(failures(association, GOOD), []);
    assert.deepEqual(failures(association, { ...GOOD, roleARN: ROLE_ARN, region: "eu-west-1" }), [
      { property: "roleARN", reason: "Invalid or unknown key. Examine values at 'it.roleARN'." },
      { property: "region", reason: "LAB_UNSUPPORTED_ARGUMENT: the lab does not support it" },
    ]);
    assert.deepEqual(failures(association, { ...GOOD, toString: "x" }).length, 1);
    const { roleArn: _, ...without } = GOOD;
    assert.deepEqual(failures(association, without), [
      { property: "roleArn", reason: "Missing required property 'roleArn'" },
    ]);
    assert.deepEqual(properties(association, { ...GOOD, roleArn: null }), ["roleArn"]);
  });

  it("refuse values of other types, and take texts for numbers and booleans as the bridge does", () => {
    const wrong: [CloudResource, object, string][] = [
      [
        association,
        { ...GOOD, namespace: 5 },
        "expected string type, got number type. Examine values at 'it.namespace'.",
      ],
      [association, { ...GOOD, disableSessionTags: "yes" }, "expected boolean type, got string type"],
      [association, { ...GOOD, disableSessionTags: 1 }, "expected boolean type, got number type"],
      [association, { ...GOOD, tags: ["a"] }, "expected object type, got array type"],
      [association, { ...GOOD, tags: { a: { b: "c" } } }, "Examine values at 'it.tags.a'."],
      [association, { ...GOOD, policy: {} }, "expected string type, got object type"],
      [role, { assumeRolePolicy: ["{}"] }, "expected string or object type, got array type"],
      [role, { assumeRolePolicy: "{}", maxSessionDuration: "1h" }, "expected number type, got string type"],
      [oidcProviderResource(lab), { url: "u", clientIdLists: "a" }, "expected array type, got string type"],
      [oidcProviderResource(lab), { url: "u", clientIdLists: [1] }, "Examine values at 'it.clientIdLists[0]'."],
      [member, { project: "p", role: "r", member: "m", condition: "c" }, "expected object type, got string type"],
    ];
    for (const [resource, given, reason] of wrong) {
      const all = failures(resource, given);
      assert.equal(all.length, 1, JSON.stringify([given, all]));
      assert.ok(all[0]?.reason.includes(reason), all[0]?.reason);
    }
    const texts = { assumeRolePolicy: "{}", maxSessionDuration: "7200", forceDetachPolicies: "true" };
    assert.deepEqual(checkInputs(role, "it", texts), {
      inputs: { assumeRolePolicy: "{}", maxSessionDuration: 7200, forceDetachPolicies: true },
      failures: [],
    });
  });

  it("refuse a condition without what it needs, or with more than it has", () => {
    const grant = { project: "p", role: "r", member: "m" };
    const condition = { title: "t", expression: "true" };
    assert.deepEqual(failures(member, { ...grant, condition }), []);
    assert.deepEqual(failures(member, { ...grant, condition: { ...condition, description: "d" } }), []);
    for (const wrong of [{ title: "t" }, { expression: "true" }, { ...condition, name: "n" }]) {
      assert.deepEqual(properties(member, { ...grant, condition: wrong }), ["condition"], JSON.stringify(wrong));
    }
  });

  it("take null for what is absent, and leave secrets and unknown values as they are", () => {
    const given = {
      ...{ project: "p", role: secret("r"), member: UNKNOWN },
      condition: { title: "t", expression: "true", description: null },
    };
    assert.deepEqual(checkInputs(member, "it", { ...given, etag: undefined }), {
      inputs: { ...given, condition: { title: "t", expression: "true" } },
      failures: [],
    });
    const late = { ...GOOD, disableSessionTags: UNKNOWN, tags: UNKNOWN, roleArn: secret(UNKNOWN), policy: null };
    assert.deepEqual(failures(association, late), []);
    assert.deepEqual(properties(association, { ...GOOD, namespace: secret(5) }), ["namespace"]);
  });

  it("refuse ARNs as the AWS provider does before it asks AWS", () => {
    const arns = (roleArn: unknown) => properties(association, { ...GOOD, roleArn });
    for (const good of [ROLE_ARN, secret(ROLE_ARN), "arn:aws-us-gov:iam::111122223333:role/a/b"]) {
      assert.deepEqual(arns(good), []);
    }
    for (const bad of [
      ...["r", "arn:aws:iam::111122223333", "arn:aws:iam::11112222333:role/r", "arn:aws:iam::111122223333:"],
      ...["arn:AWS:iam::111122223333:role/r", "arn:aws:iam:europe:111122223333:role/r", secret("r")],
    ]) {
      assert.deepEqual(arns(bad), ["roleArn"], JSON.stringify(bad));
    }
    const policyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert.deepEqual(failures(attachmentResource(lab), { role: "r", policyArn }), []);
    assert.deepEqual(properties(attachmentResource(lab), { role: "r", policyArn: "ReadOnlyAccess" }), ["policyArn"]);
    assert.deepEqual(properties(role, { assumeRolePolicy: "{}", permissionsBoundary: "x" }), ["permissionsBoundary"]);
  });

  it("refuse a provider whose region has not the form of one", async () => {
    for (const region of ["eu-west-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-7"]) {
      await awsProvider(lab, {}).configure({ region });
    }
    for (const region of ["eu-west", "eu-west-1a", "EU-WEST-1", "europe-west1", "eu-west-1 "]) {
      await assert.rejects(awsProvider(lab, {}).configure({ region }), { code: "REGION_INVALID" }, region);
      await assert.rejects(awsProvider(lab, { AWS_REGION: region }).configure({}), { code: "REGION_INVALID" });
    }
  });
});
