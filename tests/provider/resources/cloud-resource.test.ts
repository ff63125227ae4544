import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OidcIssuer } from "../../../provider/resources/oidc-issuer";
import { OidcPolicy } from "../../../provider/resources/oidc-policy";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { runProgram } from "../../helpers/pulumi-mocks";

const TYPE = "pulumi-nodejs:dynamic/oidc-runner";
const apiUrl = "https://pulumi.acme.internal";
const ISSUER = 'exports.handler = () => require("pulumi-oidc-runner/dynamic").issuer;';
const POLICY = 'exports.handler = () => require("pulumi-oidc-runner/dynamic").policy;';

describe("provider/resources/cloud-resource", () => {
  it("stores one call, and nothing of the program or the machine", async () => {
    const { resources, errors } = await runProgram(() => {
      const issuer = new OidcIssuer("prod", { organization: "acme", issuerUrl: "https://i.example.com", apiUrl });
      const definitions = [
        { decision: "allow", accessToken: { organization: {} }, rules: { aud: "a", sub: "s" } },
      ] as const;
      new OidcPolicy("prod", { organization: "acme", issuerId: "id", policies: [...definitions], apiUrl });
      return issuer.urn;
    });
    assert.deepEqual(errors, []);
    const [issuer, policy] = resources;
    assert.deepEqual([issuer?.type, policy?.type], [`${TYPE}:OidcIssuer`, `${TYPE}:OidcPolicy`]);
    // Users' state files have these texts: they do not change.
    assert.equal(issuer?.inputs.__provider, ISSUER);
    assert.equal(policy?.inputs.__provider, POLICY);
    assert.match(String(issuer?.inputs.name), /^prod-[0-9a-f]{16}$/);
  });

  it("registers each issuer under a name of its own, by organization, parent and name", async () => {
    const args = { organization: "acme", issuerUrl: "https://i.example.com", name: "label", apiUrl };
    const { resources } = await runProgram(() => {
      const one = new OidcIssuer("one", args);
      new OidcIssuer("two", args);
      new OidcIssuer("three", { ...args, organization: "other" });
      new OidcIssuer("one-child", args, { parent: one });
    });
    const names = resources.map(({ inputs }) => String(inputs.name));
    assert.equal(new Set(names).size, 4);
    assert.ok(names.every((name) => /^label-[0-9a-f]{16}$/.test(name)));
  });

  it("keeps the option import from the engine, and refuses ids that can't be meant", async () => {
    const args = { organization: "acme", issuerUrl: "https://i.example.com", apiUrl };
    const make = (id: string) => runProgram(() => void new OidcIssuer("one", args, { import: id, protect: true }));
    const { resources, errors } = await make("acme/1");
    assert.deepEqual([errors, resources[0]?.inputs.importId], [[], "acme/1"]);
    for (const id of ["1", "other/1", "acme/1/2"]) {
      const refused = await make(id);
      assert.deepEqual(refused.resources, []);
      assert.match(String(refused.errors[0]), /IMPORT_ID_INVALID/);
    }
  });

  describe("the stored text", () => {
    let directory: string;
    beforeEach(() => {
      directory = realpathSync(mkdtempSync(join(tmpdir(), "dynamic-")));
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    /** Loads the texts as Pulumi's dynamic provider does, in the directory of a program. */
    function load(): unknown {
      const script = `
        const fromString = require(${JSON.stringify(require.resolve("require-from-string"))});
        try {
          const providers = ${JSON.stringify([ISSUER, POLICY])}.map((text) => fromString(text).handler());
          const loaded = Object.keys(require.cache);
          console.log(JSON.stringify({
            methods: providers.map((provider) => Object.keys(provider)),
            compiled: loaded.some((file) => file.endsWith("/dist/provider/resources/dynamic/index.js")),
            pulumi: loaded.filter((file) => file.includes("/@pulumi/")),
          }));
        } catch (error) {
          console.log(JSON.stringify(error.code));
        }`;
      return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: directory, encoding: "utf8" }));
    }

    it("finds this package in the program's node_modules, and loads no Pulumi with it", () => {
      mkdirSync(join(directory, "node_modules"));
      symlinkSync(packageRoot(), join(directory, "node_modules", "pulumi-oidc-runner"), "dir");
      const methods = ["check", "diff", "create", "read", "update", "delete"];
      assert.deepEqual(load(), { methods: [methods, methods], compiled: true, pulumi: [] });
    });

    it("finds it nowhere else", () => assert.equal(load(), "MODULE_NOT_FOUND"));

    it("is less than 1 kB", () => assert.ok(ISSUER.length < 1024 && POLICY.length < 1024));
  });
});
