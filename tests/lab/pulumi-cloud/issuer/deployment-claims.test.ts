import assert from "node:assert/strict";
import { deploymentClaims } from "../../../../lab/pulumi-cloud/issuer/deployment-claims";
import type { DeploymentOperation } from "../../../../trust/issuers/pulumi-deployments";
import { compileDefinitions } from "../../../../trust/parties/pulumi/compile";
import type { TestIssuer } from "../../../helpers/issuer";
import { Fixture } from "../fixture";

const STACK = { organization: "acme", project: "site", stack: "prod" };

describe("lab/pulumi-cloud: tokens of Pulumi Deployments", () => {
  const fixture = new Fixture();
  let issuer: TestIssuer;
  let issuerId: string;
  before(async () => {
    await fixture.start();
    issuer = await fixture.issuer({ issuer: "https://api.pulumi.com/oidc" });
    issuerId = await fixture.trust(issuer.issuer, []);
  });
  after(() => fixture.stop());

  /** Which runs a typed subject admits. */
  const admitted = async (operation?: DeploymentOperation) => {
    const pulumiDeployments = { ...STACK, operation };
    const definitions = compileDefinitions(
      [{ decision: "allow", tokenType: "organization", pulumiDeployments }],
      "acme",
    ).map(({ definition }) => definition);
    await fixture.setPolicy(issuerId, definitions);
    const runs: string[] = [];
    for (const run of ["preview", "update", "refresh", "detect-drift", "remediate-drift"] as const) {
      const claims = deploymentClaims({ ...STACK, operation: run }, fixture.cloud.switches);
      if ((await fixture.exchange(await issuer.sign(claims))).status === 200) {
        runs.push(run);
      }
    }
    return runs;
  };

  it("are admitted by the operation that they name, which is the API's own or the command's [0.5]", async () => {
    assert.deepEqual(await admitted("detect-drift"), ["detect-drift"]);
    assert.deepEqual(await admitted("remediate-drift"), ["remediate-drift"]);
    assert.deepEqual(await admitted("refresh"), ["refresh"]);
    fixture.cloud.switches.driftOperation = "command";
    assert.deepEqual(await admitted("detect-drift"), []);
    assert.deepEqual(await admitted("refresh"), ["refresh", "detect-drift"]);
    assert.deepEqual(await admitted("update"), ["update", "remediate-drift"]);
    assert.deepEqual(await admitted(), ["preview", "update", "refresh", "detect-drift", "remediate-drift"]);
    fixture.cloud.switches.driftOperation = "own";
  });
});
