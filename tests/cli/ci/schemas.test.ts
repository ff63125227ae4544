import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { type ParseOptions, parse, type SchemaOptions } from "yaml";
import { CI_ISSUERS, type IssuerRecord } from "../../../trust/issuers";
import { orSkip, resolvePythonLinters } from "../../helpers/linters";
import { filesOf } from "./answers";

/** The schema that a vendor publishes for pipelines. */
interface Published {
  /** Its name in check-jsonschema, whose catalog.py says where the vendor publishes it. */
  name: string;
  /** How the system reads YAML. Default: as YAML 1.2 has it. */
  yaml?: ParseOptions & SchemaOptions;
  /** Adds what is documented and not in the schema yet. */
  // biome-ignore lint/suspicious/noExplicitAny: a schema
  add?(schema: any): void;
  /** Something that makes a pipeline wrong. */
  // biome-ignore lint/suspicious/noExplicitAny: a pipeline
  wrong: [what: string, spoil: (pipeline: any) => void][];
}

/** By the key of the issuer's record. HCP Terraform has no pipelines; those of GitHub have linters of their own. */
const PUBLISHED: Record<string, Published> = {
  gitlab: {
    name: "gitlab-ci",
    wrong: [
      ["a token without an audience", ({ pulumi }) => delete pulumi.id_tokens.PULUMI_OIDC_TOKEN.aud],
      ["a rule with a key that there is not", ({ pulumi }) => Object.assign(pulumi.rules[0], { unless: "$X" })],
    ],
  },
  circleci: {
    name: "circle-ci",
    wrong: [
      ["an image without a name", ({ jobs }) => delete jobs.pulumi.docker[0].image],
      [
        "a filter of branches that is a number",
        ({ workflows }) => Object.assign(workflows.pulumi.jobs[0].pulumi.filters, { branches: 7 }),
      ],
    ],
  },
  buildkite: {
    name: "buildkite",
    wrong: [["a step with a key that there is not", ({ steps }) => Object.assign(steps[0], { branch: "main" })]],
  },
  bitbucket: {
    name: "bitbucket-pipelines",
    // https://www.atlassian.com/blog/bitbucket/bitbucket-pipelines-oidc-now-supports-multiple-audiences
    add({ definitions }) {
      const audiences = { type: "array", items: { type: "string" }, maxItems: 10 };
      definitions.step_base.properties.oidc = {
        anyOf: [
          definitions.step_base.properties.oidc,
          { type: "object", properties: { audiences }, required: ["audiences"], additionalProperties: false },
        ],
      };
    },
    wrong: [
      [
        "a step with an empty script",
        ({ pipelines }) => Object.assign(pipelines.branches.main[0].step, { script: [] }),
      ],
      [
        "audiences of another form",
        ({ pipelines }) => Object.assign(pipelines.branches.main[0].step.oidc, { audiences: "a" }),
      ],
    ],
  },
  azureDevops: {
    name: "azure-pipelines",
    // Every scalar is a string, true and false too
    // (https://learn.microsoft.com/en-us/azure/devops/pipelines/yaml-schema/boolean).
    yaml: { schema: "failsafe" },
    wrong: [
      ["a step with a key that there is not", ({ steps }) => Object.assign(steps[1], { environment: {} })],
      ["a trigger with a key that there is not", ({ trigger }) => Object.assign(trigger, { branch: "main" })],
    ],
  },
};

describe("oidc-runner ci init: pipelines, by the vendor's schema", () => {
  let directory: string;
  before(async function () {
    const tools = await orSkip(this, resolvePythonLinters());
    directory = join(tools, "check_jsonschema", "builtin_schemas", "vendor");
  });

  it("holds every system with a pipeline file but GitHub", () => {
    const systems = (CI_ISSUERS as readonly IssuerRecord[]).filter(({ key, ci }) => ci && key !== "githubActions");
    assert.deepEqual(
      Object.keys(PUBLISHED),
      systems.map(({ key }) => key),
    );
  });

  for (const [system, { name, yaml = {}, add, wrong }] of Object.entries(PUBLISHED)) {
    describe(system, () => {
      let validate: ValidateFunction;
      before(() => {
        const schema = JSON.parse(readFileSync(join(directory, `${name}.json`), "utf8"));
        add?.(schema);
        // Editors know more formats than ajv.
        validate = new Ajv({ unknownFormats: "ignore", logger: false }).compile(schema);
      });
      const pipeline = async (options = {}) => {
        const file = (CI_ISSUERS as readonly IssuerRecord[]).find(({ key }) => key === system)?.ci?.file ?? "";
        return parse((await filesOf(system, options))[file] ?? "", yaml);
      };

      it("finds nothing", async () => {
        for (const options of [{}, { environment: undefined }, { tokenType: "team", team: "platform" }]) {
          assert.ok(validate(await pipeline(options)), JSON.stringify(validate.errors?.[0]));
        }
      });

      for (const [what, spoil] of wrong) {
        it(`finds ${what}`, async () => {
          const document = await pipeline();
          spoil(document);
          assert.ok(!validate(document));
        });
      }
    });
  }
});
