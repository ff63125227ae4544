import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { changedValue, unknownValue } from "./as-output";
import { type Observation, observe } from "./observe";
import { alone } from "./pairs";
import { over, type Row, row } from "./row";
import { type RunnerKind, runners } from "./runners";

/** What is made, but for names that hold a value where it is known at once, and its place in the list where it is not. */
function made({ resources }: Observation): string[] {
  return resources
    .map((resource) =>
      JSON.stringify(resource)
        .replace(/oidc-(trust|provider)-[\w-]+/g, "oidc-$1")
        .replace(/\w+-entrypoint\b/g, "NAMESPACE-entrypoint")
        .replace(/((?:RolePolicyAttachment|RoleAssignment)(?:"?,"name":"| ))deployer-\w+/g, "$1deployer"),
    )
    .sort();
}

function kinds({ resources }: Observation): string[] {
  return resources.map(({ type }) => type).filter((type) => type !== "test:index:Other");
}

/** Options that decide which resources there are, or which of several blocks is given, and so have to be known at once. */
const PLAIN = [
  ...["accessToken.team", "accessToken.personal", "accessToken.runner"],
  ...["createNamespace", "createServiceAccount", "trust", "createPolicy", "cronJob", "deployment", "agent"],
  ...["aws.role", "aws.podIdentity.role", "aws.createOidcProvider", "exchangeAwsToken"],
  "aws.podIdentity.disableSessionTags",
  ...["gcp.serviceAccount", "gcp.directPrincipal", "cluster.lookUp", "azure.identity"],
  ...["serviceAccount", "directPrincipal"].flatMap((option) => [
    `gcp.${option}.projectRoles`,
    `gcp.${option}.rolesByProject`,
  ]),
];

/** Whether anything of a row can be an Output. For `trust` that is tested in runner/shared-trust.test.ts. */
function takesOutput(runner: RunnerKind, option: Row): boolean {
  return option.path !== "trust" && changedValue(runner.name, option, (value) => value) !== undefined;
}

describe("an Output for an option of", () => {
  for (const [index, runner] of runners.entries()) {
    describe(runner.name, () => {
      // Those that all runners have are tried with the first of them only, but in a full run.
      const rows = index === 0 || process.env.OIDC_RUNNER_FULL ? runner.rows : runner.own;
      const options = rows.filter((option) => takesOutput(runner, option));

      /** The arguments of an option alone, with its value changed. */
      const argsWith = (option: Row, change: (value: unknown) => unknown) =>
        over(option.needs(option.set), changedValue(runner.name, option, change)!);

      for (const option of options) {
        it(`does what the value does: ${option.label}`, async () => {
          const plain = await observe(runner, alone(option));
          const late = await observe(runner, () => argsWith(option, (value) => pulumi.output(Promise.resolve(value))));
          assert.deepEqual(late.refused, []);
          assert.deepEqual(made(late), made(plain));
        });

        it(`shows the same resources in a preview that does not know it: ${option.label}`, async () => {
          const plain = await observe(runner, alone(option), { preview: true });
          const late = await observe(runner, () => argsWith(option, unknownValue), { preview: true });
          assert.deepEqual(late.refused, []);
          assert.deepEqual(kinds(late), kinds(plain));
        });
      }

      it("can be given for most of them", () => {
        const others = new Set(rows.filter((option) => !options.includes(option)).map(({ path }) => path));
        assert.deepEqual(
          [...others].filter((path) => !PLAIN.includes(path)),
          [],
        );
        assert.ok(options.length >= 10, `${options.length} options`);
      });
    });
  }

  it("would be seen to be another value", async () => {
    const [runner] = runners as [RunnerKind];
    const image = row("image", { image: "one" });
    const other = () => ({ ...changedValue(runner.name, image, () => pulumi.output("other")) });
    assert.notDeepEqual(made(await observe(runner, other)), made(await observe(runner, image.set)));
  });
});
