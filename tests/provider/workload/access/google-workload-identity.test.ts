import assert from "node:assert/strict";
import { googleWorkloadIdentity } from "../../../../provider/workload/access/google-workload-identity";
import { checkWork } from "../../../../provider/workload/pod/check-command";
import { runnerEnvironment } from "../../../../provider/workload/pod/environment";
import type { PodOptions } from "../../../../provider/workload/pod/options";
import { podTemplate } from "../../../../provider/workload/pod/template";
import { refused } from "../../../helpers/refused";
import { OPTIONS } from "../pod/pod";

const identity = googleWorkloadIdentity({ project: "acme-prod", identity: "acme-prod.svc.id.goog" });

describe("the Google parts of a pod", () => {
  const value = (name: string, options: Partial<PodOptions> = { identity }) =>
    runnerEnvironment({ ...OPTIONS, ...options })
      .filter((variable) => variable.name === name)
      .map((variable) => ("value" in variable ? variable.value : undefined));

  it("name the identity that the metadata server must know it by [A15]; a pod without Google identity does not ask", () => {
    assert.deepEqual(value("OIDC_RUNNER_GOOGLE_IDENTITY"), ["acme-prod.svc.id.goog"]);
    assert.deepEqual(value("OIDC_RUNNER_GOOGLE_IDENTITY", {}), []);
    refused(() => checkWork({ env: { OIDC_RUNNER_GOOGLE_IDENTITY: "" } }), "ENV_RESERVED");
  });

  it("name the project, where the user names no other", () => {
    assert.deepEqual(value("GOOGLE_CLOUD_PROJECT"), ["acme-prod"]);
    assert.deepEqual(value("GOOGLE_CLOUD_PROJECT", {}), []);
    const env = { GOOGLE_CLOUD_PROJECT: "acme-data" };
    checkWork({ env });
    assert.deepEqual(value("GOOGLE_CLOUD_PROJECT", { identity, env }), ["acme-data"]);
  });

  it("are no volume and no token: the node has it", () => {
    const { volumes: plain } = podTemplate(OPTIONS).spec;
    assert.deepEqual(podTemplate({ ...OPTIONS, identity }).spec.volumes, plain);
  });
});
