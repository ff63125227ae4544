import assert from "node:assert/strict";
import { objectsOf } from "../../../bench/up/objects";

const RESOURCES = [
  { type: "pulumi:pulumi:Stack" },
  { type: "kubernetes:core/v1:ServiceAccount", inputs: { metadata: { name: "one", namespace: "spaces" } } },
  { type: "kubernetes:core/v1:ConfigMap", inputs: { metadata: { name: "one-1f" }, data: { sub: "spaces:one" } } },
  {
    type: "kubernetes:batch/v1:Job",
    inputs: { metadata: { name: "one-7x2", annotations: { "pulumi.com/autonamed": "true", kept: "one" } }, spec: {} },
  },
  { type: "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy", inputs: { definitions: [{ rules: { sub: "spaces:one" } }] } },
];

describe("bench/up/objects", () => {
  it("takes a runner's objects from a state, with marks for the names", () => {
    assert.deepEqual(JSON.parse(objectsOf(RESOURCES, { RUNNER: "one", NAMESPACE: "spaces" })), {
      serviceAccount: { metadata: { name: "@RUNNER@", namespace: "@NAMESPACE@", annotations: {} } },
      configMap: { metadata: { name: "@RUNNER@-1f", annotations: {} }, data: { sub: "@NAMESPACE@:@RUNNER@" } },
      job: { metadata: { annotations: { kept: "@RUNNER@" } }, spec: {} },
      definition: { rules: { sub: "@NAMESPACE@:@RUNNER@" } },
    });
  });

  it("refuses a state in which a runner is made of something else", () => {
    assert.throws(() => objectsOf(RESOURCES.slice(0, -1), {}), /not exactly one .*OidcPolicy/);
    assert.throws(() => objectsOf([...RESOURCES, RESOURCES[2] as { type: string }], {}), /not exactly one .*ConfigMap/);
  });
});
