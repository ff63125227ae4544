import assert from "node:assert/strict";
import { type DeploymentRuns, runNeighbours, runSubjects, runTokens } from "../../../trust/issuers";

const RUNS: DeploymentRuns = {
  organization: "acme",
  stacks: [{ project: "site", stack: "prod" }],
  operations: ["preview", "update"],
};
const subject = (stack: string, operation: string, project = "site") =>
  `pulumi:deploy:org:acme:project:${project}:stack:${stack}:operation:${operation}:scope:write`;
const subs = (tokens: readonly { sub?: unknown }[]) => tokens.map(({ sub }) => sub);

describe("trust/issuers/deployment-runs", () => {
  it("has one subject for each stack and operation", () => {
    const stacks = [...RUNS.stacks, { project: "shop", stack: "*" }];
    assert.deepEqual(runSubjects({ ...RUNS, stacks }), [
      ...["preview", "update"].map((operation) => subject("prod", operation)),
      ...["preview", "update"].map((operation) => subject("*", operation, "shop")),
    ]);
  });

  it("has tokens whose claims repeat the subject, with some name where any is meant", () => {
    const [token, ...others] = runTokens({ ...RUNS, stacks: [{ project: "*", stack: "*" }], operations: ["update"] });
    assert.deepEqual(others, []);
    assert.deepEqual(token, {
      iss: "https://api.pulumi.com/oidc",
      aud: "acme",
      sub: subject("some-stack", "update", "some-project"),
      org: "acme",
      project: "some-project",
      stack: "some-stack",
      operation: "update",
      scope: "write",
    });
    assert.equal(runTokens({ ...RUNS, issuer: "https://i" })[0]?.iss, "https://i");
  });

  it("has neighbours in every part, and none that is wanted", () => {
    const neighbours = runNeighbours(RUNS);
    const wanted = runSubjects(RUNS);
    assert.ok(neighbours.every(({ sub, aud }) => !wanted.includes(String(sub)) || aud !== "acme"));
    const seen = subs(neighbours);
    for (const sub of [
      ...[subject("prod-2", "update"), subject("xprod", "update"), subject("prod", "update", "site-2")],
      ...[subject("prod", "destroy"), subject("prod", "refresh"), subject("prod", "detect-drift")],
      subject("prod", "update").replace("acme", "acme-2"),
    ]) {
      assert.ok(seen.includes(sub), sub);
    }
    assert.ok(neighbours.some(({ sub, aud }) => sub === wanted[0] && aud === "acme-2"));
  });

  it("has no neighbours among the stacks of a project that is trusted as a whole", () => {
    const neighbours = runNeighbours({ ...RUNS, stacks: [{ project: "site", stack: "*" }] });
    assert.ok(neighbours.some(({ project }) => project === "site-2"));
    assert.deepEqual(
      neighbours.filter(
        ({ project, org, aud, operation, scope }) =>
          project === "site" &&
          org === "acme" &&
          aud === "acme" &&
          scope === "write" &&
          ["preview", "update"].includes(String(operation)),
      ),
      [],
    );
  });
});
