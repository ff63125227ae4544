import assert from "node:assert/strict";
import { sessionName } from "../../../../lab/pulumi-cloud/deployments/session-name";

const ID = "806bf21f-444f-4825-a80c-afd12cd2526a";
const run = (stack = "dev", project = "test-nocode-rtct-3") =>
  ({ id: ID, version: 7, run: { organization: "pulumi-local", project, stack, operation: "update" } }) as const;

describe("lab/pulumi-cloud: names of a deployment's AWS sessions", () => {
  it("are what they say, with the variables of the deployment", () => {
    assert.equal(sessionName("pulumi-deployments", run()), "pulumi-deployments");
    assert.equal(sessionName("${stack.name}-${deployment.operation}-${deployment.version}", run()), "dev-update-7");
    assert.equal(sessionName("${stack.owner}", run()), "${stack.owner}");
  });

  it("have 64 characters at most, cut from the longest names first [docs, guides/oidc/aws.md]", () => {
    const all = "${organization.name}-${project.name}-${stack.name}-${deployment.id}";
    assert.equal(sessionName(all, run()), `pulumi-loca-test-nocode-dev-${ID}`);
    const fits = run("s".repeat(64 - ID.length - 1));
    assert.equal(sessionName("${stack.name}-${deployment.id}", fits).length, 64);
    assert.ok(sessionName("${stack.name}-${deployment.id}", run("s".repeat(64))).endsWith(`s-${ID}`));
  });

  it("are left to AWS to refuse where no name is there to cut", () => {
    assert.equal(sessionName("x".repeat(65), run()).length, 65);
  });
});
