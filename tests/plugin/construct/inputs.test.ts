import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { plainArguments } from "../../../plugin/construct/inputs";
import { internals, known } from "../../../plugin/construct/sdk";

describe("plugin/construct", () => {
  it("finds what the SDK constructs components with", () => {
    const { getStore, withLocalStorage, awaitFeatureSupport, waitForRPCs, deserializeInputs } = internals;
    const { hookBindingFromProto, DependencyResource, DependencyProviderResource } = internals;
    for (const found of [
      ...[getStore, withLocalStorage, awaitFeatureSupport, waitForRPCs, deserializeInputs, hookBindingFromProto],
      ...[DependencyResource, DependencyProviderResource],
    ]) {
      assert.equal(typeof found, "function");
    }
  });

  describe("arguments that decide which resources there are", () => {
    const given = (value: unknown) => plainArguments({ cluster: value, image: pulumi.output("i") }, ["cluster"], "one");

    it("stay as they are where they are plain", async () => {
      const cluster = { name: pulumi.output("prod") };
      assert.equal((await given(cluster)).cluster, cluster);
    });

    it("are opened where an object came as one Output, and keep what is secret in it secret", async () => {
      const opened = (await given(pulumi.secret({ name: "prod", tags: ["a"], create: true }))).cluster as {
        name: pulumi.Output<string>;
        tags: pulumi.Output<string>[];
        create: boolean;
      };
      assert.equal(opened.create, true);
      assert.equal(await known(opened.name), "prod");
      assert.equal(await (opened.name as unknown as { isSecret: Promise<boolean> }).isSecret, true);
      assert.equal(await known(opened.tags[0]!), "a");
    });

    it("are refused where they are not known, with the argument's name", async () => {
      await assert.rejects(given(pulumi.output(pulumi.unknown)), (error: Error) => {
        assert.match(error.message, /^ARGUMENT_PENDING: .*one\.cluster.* Fix: /);
        return true;
      });
    });
  });
});
