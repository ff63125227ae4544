import assert from "node:assert/strict";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { codeOf, type Observation, observe } from "./observe";
import { allPairs, alone } from "./pairs";
import { over, type Row, row, type Tree } from "./row";
import { makeRunner, type RunnerKind, runners } from "./runners";
import { schemaPaths } from "./schema-paths";

/** Options that say nothing by themselves: what is in them has rows. */
const GROUPS = [
  ...["waive", "job", "secretEnv", "resources", "tolerations", "podTemplate", "podTemplate.metadata", "cluster"],
  ...["deployment.strategy", "deployment.strategy.rollingUpdate", "cluster.jwks", "cluster.jwksFromCluster"],
  ...["cluster.identities", "cluster.identities.oidcs", "cluster.kubernetesNetworkConfig", "cluster.eksCluster"],
  ...["cluster.eksCluster.kubernetesNetworkConfig", "aws", "aws.podIdentity"],
  ...["accessToken", "accessToken.organization"],
  ...["cluster.workloadIdentityConfig", "gcp"],
  ...["cluster.oidcIssuerProfile", "azure", "azure.identity.roleAssignments"],
];

/** What a runner looks like without and with an option. */
async function effect(runner: RunnerKind, option: Row): Promise<[Observation, Observation]> {
  const { seen, proof = option.set } = option;
  const surroundings = over(option.needs(over(seen, option.set)), seen);
  return [await observe(runner, surroundings), await observe(runner, over(surroundings, proof))];
}

describe("every option of", () => {
  for (const runner of runners) {
    describe(runner.name, () => {
      it("has a row in the tests' table, and every row is an option", () => {
        const { values, groups } = schemaPaths(runner.name);
        // What is in `trust` comes from an OidcTrustSetup, whose own tests have it.
        const wanted = [...values, ...groups].filter((path) => !GROUPS.includes(path) && !path.startsWith("trust."));
        assert.ok(wanted.length > 50);
        assert.deepEqual([...new Set(runner.rows.map(({ path }) => path))].sort(), wanted.sort());
      });

      for (const option of runner.rows) {
        it(`has an effect: ${option.label}`, async () => {
          const [without, having] = await effect(runner, option);
          assert.notDeepEqual(having, without);
          if (option.proof === undefined) assert.deepEqual(having.refused, []);
        });
      }

      it("would be seen to have none if it had none", async () => {
        const ignored = row("createPolicy", { createPolicy: true }, { needs: { labels: { a: "b" } } });
        const [without, having] = await effect(runner, ignored);
        assert.ok(having.resources.length > 5);
        assert.deepEqual(having, without);
      });

      it("is refused with a code where it can't go with another", async () => {
        const pairs = allPairs().filter((pair) => pair.runner === runner && pair.refused !== undefined);
        const wrong: string[] = [];
        const attempt = (label: string, args: Tree, codes: readonly string[]) => {
          try {
            makeRunner(runner, args);
            wrong.push(`${label}: accepted`);
          } catch (error) {
            const code = String(codeOf(error));
            if (!codes.includes(code)) wrong.push(`${label}: ${code}`);
          }
        };
        await runProgram(() => {
          for (const { label, args, refused = [] } of pairs) attempt(label, args, refused);
        });
        assert.deepEqual(wrong, []);
        assert.ok(pairs.length > 10);
      });
    });
  }

  it("is tried alone with what it needs and no more", () => {
    const option = row(
      "cronJob.suspend",
      { cronJob: { suspend: true } },
      { needs: { cronJob: { schedule: "@daily" } } },
    );
    assert.deepEqual(alone(option), { cronJob: { schedule: "@daily", suspend: true } });
  });
});
