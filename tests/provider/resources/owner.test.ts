import assert from "node:assert/strict";
import { ComponentResource } from "@pulumi/pulumi";
import { OidcPolicy } from "../../../provider/resources/oidc-policy";
import { runProgram } from "../../helpers/pulumi-mocks";

class Group extends ComponentResource {
  constructor(name: string) {
    super("tested:index:Group", name);
  }
}

describe("provider/resources/owner", () => {
  async function owner(name: string, organization = "acme", group?: string): Promise<unknown> {
    const run = await runProgram(() => {
      const parent = group === undefined ? undefined : new Group(group);
      const definitions = [
        { decision: "allow" as const, tokenType: "organization" as const, rules: { aud: "a", sub: "s" } },
      ];
      const args = { organization, issuerId: "one", definitions, apiUrl: "https://api.example.com" };
      return void new OidcPolicy(name, args, { parent });
    });
    assert.deepEqual(run.errors, []);
    return run.resources.find(({ type }) => type.endsWith(":OidcPolicy"))?.inputs.owner;
  }

  it("is the same for the same resource, in every version of this package", async () => {
    assert.equal(await owner("ours"), "85d4bb7ee75f3f3fe8dfc7563d331fa8");
  });

  it("differs by name, organization and kind of parent", async () => {
    const owners = [
      await owner("ours"),
      await owner("theirs"),
      await owner("ours", "other"),
      await owner("ours", "acme", "group"),
    ];
    assert.equal(new Set(owners).size, owners.length);
  });
});
