import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkArguments } from "../../../provider/resources/check-arguments";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { refused } from "../../helpers/refused";

interface Property {
  $ref?: string;
  items?: Property;
}
interface Schema {
  resources: Record<string, { inputProperties: Record<string, Property> }>;
  types: Record<string, { properties?: Record<string, Property> }>;
}

const SCHEMA = JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8")) as Schema;
const CLASSES = Object.keys(SCHEMA.resources).map((token) => token.split(":").pop() as string);

const of = (className: string, args: object) => () => checkArguments(className, "deployer", args);
const eks = (args: object) => of("EksOidcRunner", args);

/** What is given, its near miss, and where, why and how to mend it. */
const UNKNOWN: [object, object, string, string][] = [
  [{ organisation: "acme" }, { organization: "acme" }, "organisation", "use organization"],
  [{ createNamesapce: true }, { createNamespace: true }, "createNamesapce", "use createNamespace"],
  [{ aws: { rolearn: "arn" } }, { aws: { roleArn: "arn" } }, "aws.rolearn", "use roleArn"],
  [{ aws: { role: { nam: "x" } } }, { aws: { role: { name: "x" } } }, "aws.role.nam", "use name"],
  [
    { cluster: { clusterName: "prod" } },
    { cluster: { name: "prod" } },
    "cluster.clusterName",
    "leave it out; there are",
  ],
  [{ accessToken: { teams: {} } }, { accessToken: { team: {} } }, "accessToken.teams", "use team"],
  [
    { accessToken: { team: { nmae: "a" } } },
    { accessToken: { team: { name: "a" } } },
    "accessToken.team.nmae",
    "use name",
  ],
  [{ cron_job: {} }, { cronJob: {} }, "cron_job", "use cronJob"],
  [{ adopt: true }, { adopt: undefined }, "adopt", "leave it out; there are organization, accessToken, trust"],
  [
    { waive: [{ name: "X", why: "" }] },
    { waive: [{ name: "X", reason: "" }] },
    "waive[0].why",
    "leave it out; there are name, reason",
  ],
  [
    { secretEnv: { A: { secret: "s", key: "k" } } },
    { secretEnv: { A: { name: "s", key: "k" } } },
    "secretEnv.A.secret",
    "leave it out; there are name, key, optional",
  ],
];

const INVALID: [object, object, string, string][] = [
  [
    { command: "pulumi up --yes" },
    { command: ["pulumi", "up", "--yes"] },
    "command",
    'give a list, such as ["pulumi","up","--yes"]; or give the text as script',
  ],
  [{ cluster: "prod" }, { cluster: { name: "prod" } }, "cluster", "give an object"],
  [{ env: ["A=1"] }, { env: { A: "1" } }, "env", "give an object"],
  [{ namespace: { metadata: {} } }, { namespace: "pulumi" }, "namespace", "give a text, number or boolean"],
  [{ triggers: "1" }, { triggers: ["1"] }, "triggers", "give a list, such as"],
  [
    { accessToken: { organization: true } },
    { accessToken: { organization: {} } },
    "accessToken.organization",
    "give an object",
  ],
  [{ command: ["a", ["b"]] }, { command: ["a", pulumi.output("b")] }, "command[1]", "give a text, number or boolean"],
];

describe("arguments are held against schema.json", () => {
  for (const [bad, good, where, fix] of UNKNOWN) {
    it(`an unknown ${where}`, () => {
      refused(eks(bad), "ARGUMENT_UNKNOWN", `deployer.${where}`, fix);
      eks(good)();
    });
  }

  for (const [bad, good, where, fix] of INVALID) {
    it(`another kind of value for ${where}`, () => {
      refused(eks(bad), "ARGUMENT_INVALID", `deployer.${where}`, fix);
      eks(good)();
    });
  }

  it("are all taken by their names, of every class and block, and nothing else is", () => {
    assert.ok(CLASSES.length >= 10);
    for (const className of CLASSES) {
      const names = Object.keys(SCHEMA.resources[`oidc-runner:index:${className}`]!.inputProperties);
      of(className, Object.fromEntries(names.map((name) => [name, pulumi.output("x")])))();
      refused(of(className, { zzzzzzzz: 1 }), "ARGUMENT_UNKNOWN", "deployer.zzzzzzzz", `${className} has no argument`);
      for (const name of names) {
        refused(of(className, { [`${name}x`]: 1 }), "ARGUMENT_UNKNOWN", `deployer.${name}x`, `use ${name}`);
        const block = SCHEMA.resources[`oidc-runner:index:${className}`]!.inputProperties[name]!;
        if (SCHEMA.types[block.$ref?.replace("#/types/", "") ?? ""]?.properties !== undefined) {
          refused(of(className, { [name]: { zzzzzzzz: 1 } }), "ARGUMENT_UNKNOWN", `deployer.${name}.zzzzzzzz`);
        }
      }
    }
  });

  it("names of Object's own are no arguments", () => {
    refused(eks({ constructor: 1 }), "ARGUMENT_UNKNOWN", "deployer.constructor");
  });

  it("what is pending, resources and answers of look-ups are not looked into, nor are fields of Kubernetes' own", () => {
    class Resource extends pulumi.ComponentResource {
      readonly more = 1;
    }
    eks({ command: pulumi.output("x"), namespace: Promise.resolve("x") })();
    eks({ cluster: Object.assign(Object.create(Resource.prototype), { __pulumiResource: true, more: 1 }) })();
    eks({ cluster: { id: "prod", identities: [], version: "1.34" } })();
    eks({ podTemplate: { spec: { hostNetwork: true, containers: [{ name: "x" }] } } })();
  });
});
