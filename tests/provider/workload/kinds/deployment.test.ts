import assert from "node:assert/strict";
import {
  checkDeploymentOptions,
  type DeploymentOptions,
  deploymentSpec,
  deploymentWaitSeconds,
} from "../../../../provider/workload/kinds/deployment";
import { refused } from "../../../helpers/refused";

const template = { spec: { containers: [] } };
const selector = { app: "x" };

describe("provider/workload/kinds/deployment", () => {
  it("has one pod, which must run for a while to count, unless told otherwise", () => {
    const expected = { replicas: 1, minReadySeconds: 5, selector: { matchLabels: selector }, template };
    assert.deepEqual(deploymentSpec(template, {}, selector), expected);
  });

  it("takes every setting", () => {
    const options = {
      replicas: 0,
      minReadySeconds: 0,
      progressDeadlineSeconds: 60,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: "50%" } },
    } satisfies DeploymentOptions;
    const expected = { ...options, selector: { matchLabels: selector }, template };
    assert.deepEqual(deploymentSpec(template, options, selector), expected);
  });

  it("is waited for until Kubernetes gives its rollout up, pod by pod", () => {
    assert.equal(deploymentWaitSeconds(template, {}), 630);
    assert.equal(deploymentWaitSeconds(template, { progressDeadlineSeconds: 400 }), 430);
    assert.equal(deploymentWaitSeconds(template, { progressDeadlineSeconds: 200, replicas: 3 }), 630);
    assert.equal(deploymentWaitSeconds(template, { progressDeadlineSeconds: 60, replicas: 0 }), 330);
  });

  it("is waited for until its pods have ended, which takes their grace period", () => {
    const quick = { spec: { ...template.spec, terminationGracePeriodSeconds: 30 } };
    assert.equal(deploymentWaitSeconds(template, { progressDeadlineSeconds: 15 }), 330);
    assert.equal(deploymentWaitSeconds(quick, { progressDeadlineSeconds: 15 }), 60);
  });

  const good: DeploymentOptions[] = [
    {},
    { replicas: 0 },
    { minReadySeconds: 599 },
    { minReadySeconds: 10, progressDeadlineSeconds: 11 },
    { strategy: { type: "Recreate" } },
    { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "100%" } } },
  ];
  for (const options of good) {
    it(`accepts ${JSON.stringify(options)}`, () => checkDeploymentOptions(options));
  }

  const bad: [object, string][] = [
    [{ replicas: -1 }, "replicas"],
    [{ replicas: 1.5 }, "replicas"],
    [{ minReadySeconds: -1 }, "minReadySeconds"],
    [{ progressDeadlineSeconds: 0 }, "progressDeadlineSeconds"],
    [{ minReadySeconds: 600 }, "progressDeadlineSeconds"],
    [{ progressDeadlineSeconds: 5 }, "progressDeadlineSeconds"],
    [{ strategy: { type: "Rolling" } }, "strategy.type"],
    [{ strategy: { type: "Recreate", rollingUpdate: {} } }, "strategy"],
    [{ strategy: { rollingUpdate: { maxSurge: -1 } } }, "strategy.rollingUpdate.maxSurge"],
    [{ strategy: { rollingUpdate: { maxUnavailable: "half" } } }, "strategy.rollingUpdate.maxUnavailable"],
  ];
  for (const [options, where] of bad) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      refused(() => checkDeploymentOptions(options as DeploymentOptions), "DEPLOYMENT_INVALID", `deployment.${where}`);
    });
  }
});
