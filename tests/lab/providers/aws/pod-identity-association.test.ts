import assert from "node:assert/strict";
import { Iam } from "../../../../lab/aws/iam";
import { PodIdentityAssociations } from "../../../../lab/aws/pod-identity/associations";
import { Directory } from "../../../../lab/azure/directory";
import { GcpIam } from "../../../../lab/gcp/iam";
import { podIdentityAssociationResource } from "../../../../lab/providers/aws/pod-identity-association";
import { ServiceError } from "../../../../lab/providers/cloud/service-error";
import { resourceRoutes } from "../../../../lab/providers/resource-routes";
import { provePodIdentity } from "../../../../trust/parties/aws/pod-identity/proof";
import { routeClient } from "../route-client";

describe("lab/providers/aws/pod-identity-association", () => {
  const iam = new Iam();
  const associations = new PodIdentityAssociations({
    roles: iam.roles,
    regionOf: (name) => (name === "prod" ? "eu-west-1" : undefined),
  });
  const app = resourceRoutes({
    iam,
    associations,
    gcp: new GcpIam(),
    azure: new Directory(Date.now),
    clusters: () => [],
  });
  const resource = podIdentityAssociationResource(routeClient(app));
  const trust = {
    clusterArn: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
    namespace: "ns",
    serviceAccountName: "sa",
  };
  const role = (name: string) =>
    iam.roles.create({
      ...{ name, path: "/runners/", assumeRolePolicy: JSON.stringify(provePodIdentity(trust)), description: "" },
      ...{ maxSessionDuration: 3600, permissionsBoundary: "", tags: {} },
    }).arn;
  const [one, two] = [role("one"), role("two")];
  const inputs = { clusterName: "prod", namespace: "ns", serviceAccount: "sa", roleArn: one };

  it("makes, reads, changes and deletes an association", async () => {
    const { id, outputs } = await resource.create(inputs);
    assert.match(id, /^a-[0-9a-z]{17}$/);
    assert.deepEqual(outputs, {
      ...inputs,
      ...{ associationId: id, tags: {}, tagsAll: {}, disableSessionTags: false },
      associationArn: `arn:aws:eks:eu-west-1:111122223333:podidentityassociation/prod/${id}`,
    });
    for (const [name, state] of [
      [id, outputs],
      [`prod,${id}`, {}],
    ] as const) {
      assert.deepEqual(await resource.read(name, state), {
        inputs: { ...inputs, tags: {}, disableSessionTags: false },
        outputs,
      });
    }
    const changed = await resource.update?.(id, { ...inputs, roleArn: two, tags: { a: "b" } }, outputs);
    assert.deepEqual([changed?.roleArn, changed?.tagsAll], [two, { a: "b" }]);
    assert.equal(associations.find(inputs)?.roleArn, two);
    await resource.delete(id, outputs);
    assert.equal(await resource.read(id, outputs), undefined);
  });

  it("has a target role, no session tags and a session policy as EKS has them [0.6]", async () => {
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
    const more = { targetRoleArn: two, disableSessionTags: true, policy };
    const { id, outputs } = await resource.create({ ...inputs, ...more });
    const { targetRoleArn, disableSessionTags, externalId } = outputs;
    assert.deepEqual({ targetRoleArn, disableSessionTags, policy: outputs.policy }, more);
    assert.equal(externalId, "eu-west-1/111122223333/prod/ns/sa");
    assert.deepEqual((await resource.read(id, outputs))?.inputs, { ...inputs, ...more, tags: {} });
    const plain = await resource.update?.(id, inputs, outputs);
    assert.deepEqual([plain?.targetRoleArn, plain?.externalId, plain?.policy], [undefined, undefined, undefined]);
    await resource.delete(id, outputs);
  });

  it("is refused as EKS refuses it", async () => {
    const refused = (change: object, code: string) =>
      assert.rejects(
        resource.create({ ...inputs, ...change }),
        (error) => error instanceof ServiceError && error.code === code,
      );
    await refused({ clusterName: "dev" }, "ResourceNotFoundException");
    await refused({ roleArn: `${one}-2` }, "InvalidParameterException");
    const { id, outputs } = await resource.create(inputs);
    await refused({}, "ResourceInUseException");
    await resource.delete(id, outputs);
  });
});
