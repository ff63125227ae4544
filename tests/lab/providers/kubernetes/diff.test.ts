import assert from "node:assert/strict";
import { diffInputs, replaceUnready } from "../../../../lab/providers/kubernetes/diff";

const settings = { enableConfigMapMutable: false, enableSecretMutable: false };
const autonamed = { annotations: { "pulumi.com/autonamed": "true" } };
const job = (spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "runner", namespace: "a", ...metadata },
  spec,
});
const configMap = (rest: Record<string, unknown>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c" },
  ...rest,
});

describe("the diff of Kubernetes objects", () => {
  it("has nothing for equal inputs and for what the provider keeps itself", () => {
    assert.deepEqual(diffInputs({ ...job({ a: 1 }), __x: 1 }, job({ a: 1 }), settings), {
      changes: [],
      deleteBeforeReplace: false,
    });
  });

  it("replaces a Job for its template, and updates it for its deadline", () => {
    const image = (name: string) => ({ template: { spec: { containers: [{ image: name }] } } });
    assert.deepEqual(diffInputs(job(image("a")), job(image("b")), settings), {
      changes: [{ path: "spec.template.spec.containers[0].image", kind: "update", replace: true }],
      deleteBeforeReplace: true,
    });
    assert.deepEqual(diffInputs(job({}), job({ activeDeadlineSeconds: 5 }), settings).changes, [
      { path: "spec.activeDeadlineSeconds", kind: "add", replace: false },
    ]);
  });

  it("deletes first only when the name must stay", () => {
    const names = (from: object, to: object) =>
      diffInputs(job({ template: 1 }, { ...from }), job({ template: 2 }, { ...to }), settings);
    assert.equal(names({}, {}).deleteBeforeReplace, true);
    assert.equal(names(autonamed, autonamed).deleteBeforeReplace, false);
    const renamed = names({}, { name: "other" });
    assert.equal(renamed.deleteBeforeReplace, false);
    assert.ok(renamed.changes.some(({ path, replace }) => path === "metadata.name" && replace));
    assert.equal(names({}, { namespace: "b" }).deleteBeforeReplace, false);
  });

  it("replaces ConfigMaps unless they are set to be mutable, and immutable ones always", () => {
    const replaced = (olds: Record<string, unknown>, mutable: boolean) =>
      diffInputs(configMap({ data: { k: "1" }, ...olds }), configMap({ data: { k: "2" }, ...olds }), {
        ...settings,
        enableConfigMapMutable: mutable,
      }).changes[0]?.replace;
    assert.equal(replaced({}, false), true);
    assert.equal(replaced({}, true), false);
    assert.equal(replaced({ immutable: true }, true), true);
    assert.equal(
      diffInputs(configMap({}), configMap({ metadata: { name: "c", labels: { a: "b" } } }), settings).changes[0]
        ?.replace,
      false,
    );
  });

  it("replaces a Job that is to run again", () => {
    const same = job({});
    const result = replaceUnready(same, same, diffInputs(same, same, settings));
    assert.deepEqual(result.changes, [
      { path: 'metadata.annotations["pulumi.com/replaceUnready"]', kind: "update", replace: true },
    ]);
    assert.equal(result.deleteBeforeReplace, true);
  });
});
