import assert from "node:assert/strict";
import { Iam } from "../../../../lab/aws/iam";
import { PodIdentityAssociations } from "../../../../lab/aws/pod-identity/associations";
import { podIdentityTrust, roleInput, webIdentityTrust } from "../roles";

const ISSUER = "https://oidc.eks.us-west-2.amazonaws.com/id/AB12";

describe("the lab's EKS Pod Identity associations", () => {
  const make = () => {
    const { roles } = new Iam();
    const role = roles.create(roleInput("pods", podIdentityTrust(), { path: "/team/" }));
    const other = roles.create(roleInput("other", podIdentityTrust()));
    const web = roles.create(roleInput("web", webIdentityTrust(ISSUER, "system:serviceaccount:runners:runner")));
    const strange = roles.create(roleInput("strange", podIdentityTrust().replace('"Principal"', '"NotPrincipal"')));
    const associations = new PodIdentityAssociations({
      roles,
      regionOf: (name) => (name.startsWith("lab") ? "us-west-2" : undefined),
      now: () => new Date("2026-01-02T03:04:05.678Z"),
    });
    return { associations, role, other, web, strange };
  };
  const input = (roleArn: string, change: object = {}) => ({
    ...{ clusterName: "lab", namespace: "runners", serviceAccount: "runner", roleArn, tags: {} },
    ...change,
  });

  it("have id, ARN and dates, and are found by their ServiceAccount", () => {
    const { associations, role } = make();
    const created = associations.create(input(role.arn, { tags: { team: "a" } }));
    assert.match(created.associationId, /^a-[a-z0-9]{17}$/);
    const path = `podidentityassociation/lab/${created.associationId}`;
    assert.equal(created.associationArn, `arn:aws:eks:us-west-2:111122223333:${path}`);
    assert.equal(created.createdAt, "2026-01-02T03:04:05.678Z");
    assert.deepEqual(associations.get("lab", created.associationId), created);
    assert.deepEqual(associations.find(input("")), created);
    for (const near of [{ clusterName: "lab2" }, { namespace: "runner" }, { serviceAccount: "runners" }]) {
      assert.equal(associations.find(input("", near)), undefined, JSON.stringify(near));
    }
  });

  it("are one for each ServiceAccount of a cluster", () => {
    const { associations, role, other } = make();
    const { associationId } = associations.create(input(role.arn));
    assert.throws(() => associations.create(input(other.arn)), {
      code: "ResourceInUseException",
      httpStatus: 409,
      message: `ResourceInUseException: Association already exists: ${associationId}`,
    });
    for (const near of [{ clusterName: "lab2" }, { namespace: "runner" }, { serviceAccount: "runners" }]) {
      associations.create(input(role.arn, near));
    }
    assert.equal(associations.list("lab").length, 3);
    assert.equal(associations.list("lab", { namespace: "runners" }).length, 2);
    assert.equal(associations.list("lab", { namespace: "runners", serviceAccount: "runners" }).length, 1);
    assert.equal(associations.list("lab2").length, 1);
  });

  it("are refused without the cluster, the role or its trust in EKS", () => {
    const { associations, role, web, strange } = make();
    const refused = (change: object, code: string, message: RegExp) =>
      assert.throws(() => associations.create(input(role.arn, change)), { code, message });
    refused({ clusterName: "nowhere" }, "ResourceNotFoundException", /No cluster found for name: nowhere\./);
    refused({ roleArn: role.arn.replace("/team", "") }, "InvalidParameterException", /does not exist/);
    refused({ roleArn: web.arn }, "InvalidParameterException", /Trust policy of the role provided is invalid/);
    refused({ roleArn: strange.arn }, "InvalidParameterException", /Trust policy of the role provided is invalid/);
    refused({ namespace: "" }, "InvalidParameterException", /namespace/);
    refused({ serviceAccount: "" }, "InvalidParameterException", /serviceAccount/);
    refused({ tags: { "": "x" } }, "InvalidParameterException", /Tag key/);
    refused({ tags: { x: "x".repeat(257) } }, "InvalidParameterException", /value of tag/);
    const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, ""]));
    refused({ tags: tags(51) }, "InvalidParameterException", /50 tags/);
    associations.create(input(role.arn, { tags: { ...tags(49), y: "x".repeat(256) } }));
  });

  it("change role and tags, and go", () => {
    const { associations, role, other, web } = make();
    const { associationId } = associations.create(input(role.arn));
    const roleArn = other.arn;
    assert.equal(associations.update("lab", associationId, { roleArn, tags: {} }).roleArn, roleArn);
    assert.deepEqual(associations.update("lab", associationId, { roleArn, tags: { a: "b" } }).tags, { a: "b" });
    assert.throws(() => associations.update("lab", associationId, { roleArn: web.arn, tags: {} }), { code: /Invalid/ });
    assert.equal(associations.get("lab", associationId).roleArn, other.arn);
    assert.throws(() => associations.get("lab2", associationId), { code: "ResourceNotFoundException" });
    assert.throws(() => associations.delete("lab2", associationId), { httpStatus: 404 });
    associations.delete("lab", associationId);
    assert.throws(() => associations.get("lab", associationId), { code: "ResourceNotFoundException" });
    associations.create(input(role.arn));
  });

  it("have a target role with its external id, and a session policy only without session tags [0.6]", () => {
    const { associations, role } = make();
    const targetRoleArn = "arn:aws:iam::222233334444:role/target";
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
    });
    const created = associations.create(input(role.arn, { targetRoleArn }));
    const { associationId } = created;
    assert.deepEqual([created.disableSessionTags, created.policy], [false, undefined]);
    assert.equal(created.externalId, "us-west-2/111122223333/lab/runners/runner");
    const change = (settings: object) =>
      associations.update("lab", associationId, { roleArn: role.arn, tags: {}, ...settings });
    const narrowed = change({ targetRoleArn, disableSessionTags: true, policy });
    assert.deepEqual([narrowed.disableSessionTags, narrowed.policy], [true, policy]);
    const refused = (settings: object, message: RegExp) =>
      assert.throws(() => change(settings), { code: "InvalidParameterException", message });
    refused({ policy }, /disableSessionTags must be true/);
    refused({ policy, disableSessionTags: false }, /disableSessionTags must be true/);
    refused({ policy: "{}", disableSessionTags: true }, /^InvalidParameterException: policy: /);
    refused({ targetRoleArn: "target" }, /^InvalidParameterException: targetRoleArn: /);
    const plain = change({});
    assert.deepEqual(
      [plain.targetRoleArn, plain.externalId, plain.policy, plain.disableSessionTags],
      [undefined, undefined, undefined, false],
    );
  });
});
