import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as exported from "../../provider";
import { issuerProvider } from "../../provider/resources/issuer/provider";
import { policyProvider } from "../../provider/resources/policy/provider";
import { addressesOf, type PackageSchema, packageSchema, schemaText } from "../../tools/schema/package-schema";
import { packageRoot } from "../../tools/toolchain/package-root";
import { OidcRunnerError } from "../../trust/errors";
import { ISSUERS } from "../../trust/issuers";

const committed = readFileSync(join(packageRoot(), "schema.json"), "utf8");
const schema = JSON.parse(committed) as PackageSchema;

/** The schema of the sources with one text in one of the files replaced. */
function schemaWith(path: string, text: string, replacement: string): PackageSchema {
  const file = join(packageRoot(), path);
  const source = readFileSync(file, "utf8");
  assert.ok(source.includes(text), `${path} holds ${text}`);
  return packageSchema(new Map([[file, source.replace(text, replacement)]]));
}

const ARGS = "provider/components/runner/args.ts";
const IMAGE = "  image?: pulumi.Input<string>;";

describe("schema.json", () => {
  it("is what the sources say; else run: npx ts-node -T tools/schema/generate.ts", () => {
    assert.equal(schemaText(packageSchema()), committed);
  });

  const changes: [string, string, string, string][] = [
    ["a new argument", ARGS, IMAGE, `${IMAGE}\n  /** New. */\n  extra?: pulumi.Input<string>;`],
    ["another type", ARGS, IMAGE, "  image?: pulumi.Input<number>;"],
    ["a plain argument", ARGS, IMAGE, "  image?: string;"],
    ["a required argument", ARGS, IMAGE, "  image: pulumi.Input<string>;"],
    ["another doc comment", ARGS, "Container image with", "Container image without"],
    ["another decision", "trust/policy/model.ts", '"allow" | "deny"', '"allow" | "refuse"'],
    [
      "another claim of a typed subject",
      "trust/issuers/kubernetes.ts",
      "  podName?: string;\n}",
      "  podName: string;\n}",
    ],
    ["another output", "provider/components/runner/component.ts", "readonly workloadName!", "readonly workload!"],
    ["another example", "provider/components/eks/eks-oidc-runner.ts", '["pulumi", "env", "ls"]', '["true"]'],
    ["a class less", "provider/index.ts", 'export * from "./components/gke/gke-oidc-runner";', ""],
  ];
  for (const [what, path, text, replacement] of changes) {
    it(`differs from sources with ${what}`, () => {
      assert.notEqual(schemaText(schemaWith(path, text, replacement)), committed);
    });
  }

  it("has the provider's configuration, whose token is secret, and which stands in for arguments", () => {
    const { variables } = schema.config;
    assert.deepEqual(Object.keys(variables), ["organization", "apiUrl", "accessToken", "caCertificates"]);
    assert.deepEqual(
      Object.keys(variables).filter((name) => variables[name]?.secret),
      ["accessToken"],
    );
    assert.deepEqual(schema.provider.inputProperties, variables);
    const required = Object.values(schema.resources).flatMap(({ requiredInputs }) => requiredInputs);
    assert.ok(required.includes("cluster") && !required.includes("organization"));
    // A runner's is another token than the provider's.
    const { requiredInputs, inputProperties } = schema.resources["oidc-runner:index:EksOidcRunner"]!;
    assert.ok(requiredInputs.includes("accessToken"));
    assert.doesNotMatch(inputProperties.accessToken?.description ?? "", /provider's configuration/);
  });

  it("has the addresses that follow from the repository in package.json, and invents none", () => {
    const repository = "https://github.com/acme/oidc-runner";
    assert.deepEqual(addressesOf(repository), {
      repository,
      pluginDownloadURL: "github://api.github.com/acme/oidc-runner",
      goModule: "github.com/acme/oidc-runner/sdk/go/oidcrunner",
    });
    const elsewhere = "https://git.example.org/acme/oidc-runner";
    assert.deepEqual(addressesOf(elsewhere), {
      repository: elsewhere,
      goModule: "git.example.org/acme/oidc-runner/sdk/go/oidcrunner",
    });
    assert.deepEqual(addressesOf(undefined), { goModule: "example.com/pulumi-oidc-runner/sdk/go/oidcrunner" });
  });

  it("is the same after a change that users can't see", () => {
    assert.equal(schemaText(schemaWith(ARGS, IMAGE, `  // A remark.\n${IMAGE}`)), committed);
  });

  it("has every resource class that programs can import, and nothing else", () => {
    const classes = Object.entries(exported)
      .filter(([, value]) => typeof value === "function" && value.prototype instanceof pulumi.Resource)
      .map(([name, value]) => [
        `oidc-runner:index:${name}`,
        (value as { prototype: object }).prototype instanceof pulumi.ComponentResource,
      ]);
    const resources = Object.entries(schema.resources).map(([token, { isComponent }]) => [token, isComponent === true]);
    assert.deepEqual(Object.fromEntries(classes), Object.fromEntries(resources));
    assert.ok(classes.length >= 6);
  });

  it("describes every resource, type and property", () => {
    const described: Record<string, { description: string }> = { ...schema.types, ...schema.resources };
    for (const [token, holder] of Object.entries({ ...schema.types, ...schema.resources })) {
      const { properties, inputProperties } = { properties: {}, inputProperties: {}, ...holder };
      for (const [name, property] of Object.entries({ ...properties, ...inputProperties })) {
        described[`${token}.${name}`] = property as { description: string };
      }
    }
    assert.ok(Object.keys(described).length > 100);
    for (const [name, { description }] of Object.entries(described)) assert.match(description, /\w+ .*\.$/m, name);
  });

  it("names every error code that the provider's sources raise, and shows an example of every resource", () => {
    const text = Object.values(schema.resources).map(({ description }) => description);
    const sources = ["provider", "pulumi-cloud", "trust"]
      .flatMap((room) =>
        readdirSync(join(packageRoot(), room), { recursive: true }).map((file) => `${room}/${String(file)}`),
      )
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(packageRoot(), file), "utf8"));
    const codes = new Set(
      sources.flatMap((source) => [...source.matchAll(/OidcRunnerError\(\s*"([A-Z_]+)"/g)]).map(([, code]) => code),
    );
    assert.ok(codes.size > 20);
    // Faults of a document that `oidc-runner explain` is given; no resource takes one.
    const explained = ["AWS_POLICY_INVALID", "AZURE_CREDENTIAL_INVALID", "AZURE_EXPRESSION_INVALID"];
    explained.push(...["PROVIDER_INVALID", "EXPRESSION_INVALID", "EXPRESSION_TOO_COSTLY"].map((code) => `GCP_${code}`));
    // Faults of the options of `oidc-runner explain`.
    explained.push("TOKEN_TYPE_INVALID", "TOKEN_OWNER_UNEXPECTED");
    explained.push("GCP_MEMBER_INVALID", "GCP_CLAIMS_INVALID");
    // Faults of trust documents that no resource makes yet, and of subjects that a runner has checked before.
    explained.push("GCP_SUBJECT_TOO_LONG", "GCP_TRUST_INVALID", "TRUST_SUBJECT_INVALID");
    const missing = [...codes].filter(
      (code = "") =>
        !code.startsWith("PULUMI_CLOUD_") &&
        !explained.includes(code) &&
        !text.some((description) => description.includes(`\`${code}\``)),
    );
    assert.deepEqual(missing, []);
    for (const description of text) assert.match(description, /## Example Usage\n\n```typescript\n/);
  });

  for (const [name, provider] of [
    ["OidcIssuer", issuerProvider],
    ["OidcPolicy", policyProvider],
  ] as const) {
    it(`marks the inputs of ${name} whose change replaces it, and no others`, () => {
      const inputs = schema.resources[`oidc-runner:index:${name}`]?.inputProperties ?? {};
      const marked = Object.keys(inputs).filter((key) => inputs[key]?.willReplaceOnChanges);
      const replacing = Object.keys(inputs).filter((key) => {
        const { replaces } = provider.diff("id", { [key]: "old" } as never, { [key]: "new" } as never);
        return (replaces as string[]).includes(key);
      });
      assert.deepEqual(marked, replacing);
    });
  }

  it("takes a trust as data, and says which arguments take no Output", () => {
    const plain = (properties: Record<string, { plain?: boolean }>) =>
      Object.keys(properties).filter((key) => properties[key]?.plain);
    const inputs = (name: string) => schema.resources[`oidc-runner:index:${name}`]?.inputProperties ?? {};
    assert.equal(inputs("EksOidcRunner").trust?.$ref, "#/types/oidc-runner:index:TrustReference");
    const shared = [
      "accessToken",
      "createPolicy",
      "createNamespace",
      "createServiceAccount",
      "job",
      "cronJob",
      "deployment",
      "agent",
    ];
    assert.deepEqual(plain(inputs("EksOidcRunner")), [...shared, "cluster", "aws", "exchangeAwsToken"]);
    assert.deepEqual(plain(inputs("GkeOidcRunner")), [...shared, "cluster", "gcp"]);
    assert.deepEqual(plain(inputs("KubernetesOidcRunner")), [...shared, "cluster"]);
    const issuers = [...ISSUERS.map(({ key }) => key), "custom"].sort();
    assert.deepEqual(plain(inputs("OidcTrustSetup")).sort(), issuers);
    assert.deepEqual(plain(inputs("OidcIssuer")), []);
    assert.deepEqual(plain(inputs("OidcPolicy")), []);
  });

  it("has the resources that components make as outputs: its own as references, others as any value", () => {
    const outputs = (name: string) => schema.resources[`oidc-runner:index:${name}`]?.properties ?? {};
    const { issuer, policy } = outputs("OidcTrustSetup");
    assert.equal(issuer?.$ref, "#/resources/oidc-runner:index:OidcIssuer");
    assert.equal(policy?.$ref, "#/resources/oidc-runner:index:OidcPolicy");
    assert.equal(outputs("EksOidcRunner").workload?.$ref, "pulumi.json#/Any");
    assert.match(outputs("EksOidcRunner").role?.description ?? "", /it may be its id alone\.$/);
  });

  it("takes a length of time as a number or a text", () => {
    const inputs = schema.resources["oidc-runner:index:OidcIssuer"]?.inputProperties;
    assert.deepEqual(inputs?.maxExpirationSeconds?.oneOf, [{ type: "integer" }, { type: "string" }]);
    assert.equal(inputs?.maxExpirationSeconds?.type, undefined);
  });

  const inexpressible: [string, string, string][] = [
    ["a function", "  image?: () => string;", "RunnerArgs.image"],
    ["an Input of a function", "  image?: pulumi.Input<() => string>;", "RunnerArgs.image"],
    ["a method", "  image(): string;", "RunnerArgs.image"],
    ["a union", "  image?: pulumi.Input<string | number>;", "RunnerArgs.image"],
    ["a union without a name", '  image?: pulumi.Input<"a" | "b">;', "RunnerArgs.image"],
    [
      "a union by name, of a number and something else",
      "  image?: Number;",
      "Number is not a union of string literals",
    ],
    ["a union by name, not of literals", "  image?: Mixed;", "Mixed is not a union of string literals"],
    ["exactly one of what is not an interface", "  image?: One;", "`Mixed` is not an interface"],
    ["an intersection", "  image?: RunnerJob & RunnerResources;", "RunnerArgs.image"],
    ["a tuple in a list", "  image?: pulumi.Input<[string, string][]>;", "RunnerArgs.image"],
    ["any", "  image?: any;", "RunnerArgs.image"],
    ["a type of another package", "  image?: pulumi.CustomResourceOptions;", "RunnerArgs.image"],
    ["a nested type with the suffix Args", "  image?: NestedArgs;", "RunnerArgs.image"],
    ["a nested field that is a function", "  image?: Nested;", "Nested.run"],
  ];
  for (const [what, declaration, named] of inexpressible) {
    it(`can't be made from ${what}: file, line and property are named`, () => {
      const more = `/** X. */ type Mixed = "a" | number;
        /** X. */ type One = ExactlyOne<Mixed, never>;
        /** X. */ type Number = number | string | boolean;
        /** X. */ interface NestedArgs { /** X. */ a: string }
        /** X. */ interface Nested { /** X. */ run: (x: string) => void }`;
      const source = readFileSync(join(packageRoot(), ARGS), "utf8").replace(IMAGE, declaration) + more;
      assert.throws(
        () => packageSchema(new Map([[join(packageRoot(), ARGS), source]])),
        (error: unknown) => {
          assert.ok(error instanceof OidcRunnerError);
          assert.equal(error.code, "SCHEMA_UNSUPPORTED");
          assert.match(error.where ?? "", /^provider\/components\/runner\/args\.ts:\d+$/);
          assert.ok(error.message.includes(named), error.message);
          return true;
        },
      );
    });
  }

  it("can't be made from an argument without doc comment, or a public field that is no Output", () => {
    assert.throws(
      () => schemaWith(ARGS, IMAGE, `${IMAGE}\n  bare?: pulumi.Input<string>;`),
      /RunnerArgs\.bare: it has no doc/,
    );
    const component = "provider/components/runner/component.ts";
    const field = "readonly workloadName!: pulumi.Output<string>";
    assert.throws(
      () => schemaWith(component, field, "readonly workloadName!: string"),
      /workloadName: it is not a pulumi\.Output/,
    );
  });
});
