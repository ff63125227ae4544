import assert from "node:assert/strict";
import fc from "fast-check";
import { kubernetesName, recommendedLabels } from "../../../../provider/workload/pod/labels";
import { textOf, tries } from "../../../helpers/property";

/** RFC 1123 label, as Kubernetes validates it. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

describe("provider/workload/pod/labels", () => {
  it("makes a label of at most 40 characters of any name", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "grapheme" }), textOf("abC9-_", 80)), (name) => {
        const label = kubernetesName(name);
        assert.match(label, LABEL);
        assert.ok(label.length <= 40, label);
        assert.equal(kubernetesName(name), label);
      }),
      tries(500),
    );
  });

  it("keeps distinct names distinct, also those that read alike", () => {
    const name = textOf("aB-_.1", 60);
    fc.assert(
      fc.property(name, name, (one, two) => one === two || kubernetesName(one) !== kubernetesName(two)),
      tries(2000),
    );
    for (const [one, two] of [
      ["Deployer", "deployer"],
      ["a_b", "a-b"],
      ["a.b", "a_b"],
      ["1a", "a"],
      ["", "-"],
      [`${"a".repeat(40)}1`, `${"a".repeat(40)}2`],
    ]) {
      assert.notEqual(kubernetesName(one as string), kubernetesName(two as string));
    }
  });

  it("leaves a good name as it is, up to 40 characters", () => {
    for (const name of ["a", "deployer", "team-a-1", "a".repeat(40)]) {
      assert.equal(kubernetesName(name), name);
    }
    for (const name of ["a".repeat(41), "A", "-a", "a-", "1a", "a.b"]) {
      assert.notEqual(kubernetesName(name), name);
    }
    assert.match(kubernetesName("a".repeat(41)), /^a{33}-[0-9a-f]{6}$/);
    assert.match(kubernetesName("Deploy Bot"), /^deploy-bot-[0-9a-f]{6}$/);
    assert.match(kubernetesName("日本"), /^runner-[0-9a-f]{6}$/);
  });

  it("gives Kubernetes' recommended labels", () => {
    assert.deepEqual(recommendedLabels("deployer"), {
      "app.kubernetes.io/name": "oidc-runner",
      "app.kubernetes.io/instance": "deployer",
      "app.kubernetes.io/managed-by": "pulumi",
    });
  });
});
