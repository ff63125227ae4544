import assert from "node:assert/strict";
import fc from "fast-check";
import { strategicMerge } from "../../../../provider/workload/patch/strategic-merge";
import { tries } from "../../../helpers/property";
import { refused } from "../../../helpers/refused";

type Tree = Record<string, unknown>;
const merge = (base: Tree, patch: Tree) => strategicMerge(base, patch, "spec");

describe("provider/workload/patch/strategic-merge", () => {
  const cases: [string, Tree, Tree, Tree][] = [
    ["adds and replaces single values", { a: 1, b: 2 }, { b: 3, c: 4 }, { a: 1, b: 3, c: 4 }],
    ["merges maps by key", { m: { a: 1, b: { c: 1 } } }, { m: { b: { d: 2 } } }, { m: { a: 1, b: { c: 1, d: 2 } } }],
    ["removes what is null, and leaves what is undefined", { a: 1, b: 2 }, { a: null, b: undefined }, { b: 2 }],
    ["makes no field of null inside a new map", {}, { m: { a: null, b: 1 } }, { m: { b: 1 } }],
    [
      "merges containers by name, in their place",
      { containers: [{ name: "a", image: "1", tty: true }, { name: "b" }] },
      { containers: [{ name: "a", image: "2" }, { name: "c" }] },
      { containers: [{ name: "a", image: "2", tty: true }, { name: "b" }, { name: "c" }] },
    ],
    [
      "merges ports by number and mounts by path",
      { ports: [{ containerPort: 1, name: "x" }], volumeMounts: [{ mountPath: "/a", name: "v" }] },
      {
        ports: [
          { containerPort: 1, protocol: "TCP" },
          { containerPort: 1, protocol: "UDP" },
        ],
        volumeMounts: [{ mountPath: "/b", name: "v" }],
      },
      {
        ports: [
          { containerPort: 1, name: "x", protocol: "TCP" },
          { containerPort: 1, protocol: "UDP" },
        ],
        volumeMounts: [
          { mountPath: "/a", name: "v" },
          { mountPath: "/b", name: "v" },
        ],
      },
    ],
    ["replaces a list without names", { args: ["a", "b"] }, { args: ["c"] }, { args: ["c"] }],
    [
      "adds tolerations, each once",
      { tolerations: [{ key: "a", operator: "Exists" }] },
      { tolerations: [{ operator: "Exists", key: "a" }, { key: "b" }, { key: "b" }] },
      { tolerations: [{ key: "a", operator: "Exists" }, { key: "b" }] },
    ],
    [
      "gives a volume another source instead of a second one",
      { volumes: [{ name: "v", emptyDir: { medium: "Memory" } }] },
      { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] },
      { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] },
    ],
    [
      "sets fields of a volume's source",
      { volumes: [{ name: "v", emptyDir: { medium: "Memory" } }] },
      { volumes: [{ name: "v", emptyDir: { sizeLimit: "1Gi" } }] },
      { volumes: [{ name: "v", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } }] },
    ],
    [
      "lets a probe ask something else, at its own pace",
      { startupProbe: { exec: { command: ["x"] }, periodSeconds: 1 } },
      { startupProbe: { httpGet: { port: 80 } } },
      { startupProbe: { httpGet: { port: 80 }, periodSeconds: 1 } },
    ],
    [
      "changes what a probe asks",
      { startupProbe: { httpGet: { port: 80, path: "/" } } },
      { startupProbe: { httpGet: { port: 81 }, failureThreshold: 3 } },
      { startupProbe: { httpGet: { port: 81, path: "/" }, failureThreshold: 3 } },
    ],
    [
      "gives a variable a reference instead of a value",
      { env: [{ name: "A", value: "1" }] },
      { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "x" } } }] },
      { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "x" } } }] },
    ],
  ];
  for (const [what, base, patch, expected] of cases) {
    it(what, () => assert.deepEqual(merge(base, patch), expected));
  }

  it("refuses an entry without its name or named twice, and Kubernetes' directives", () => {
    refused(() => merge({}, { containers: [{ image: "x" }] }), "POD_TEMPLATE_INVALID", "spec.containers[0]");
    refused(() => merge({}, { volumes: ["x"] }), "POD_TEMPLATE_INVALID", "spec.volumes[0]");
    const directive = { containers: [{ name: "a", $patch: "delete" }] };
    refused(() => merge({}, directive), "POD_TEMPLATE_INVALID", "spec.containers[0].$patch");
    const twice = { env: [{ name: "A" }, { name: "B" }, { name: "A" }] };
    refused(() => merge({}, twice), "POD_TEMPLATE_INVALID", "spec.env[2]");
    merge({ env: [{ name: "A" }] }, { env: [{ name: "A" }, { name: "B" }] });
    merge({}, { containers: [{ name: "$patch" }], ports: [{ containerPort: 80 }] });
  });

  const value = fc.oneof(fc.constantFrom(1, "x", null), fc.dictionary(fc.constantFrom("p", "q"), fc.constant(1)));
  const named = (key: string) =>
    fc.uniqueArray(fc.record({ [key]: fc.constantFrom("a", "b", "c"), v: value, w: value }, { requiredKeys: [key] }), {
      maxLength: 4,
      selector: (entry) => entry[key],
    });
  const pod = fc.record(
    {
      containers: named("name"),
      volumes: named("name"),
      volumeMounts: named("mountPath"),
      tolerations: fc.array(fc.record({ key: fc.constantFrom("a", "b") }), { maxLength: 3 }),
      args: fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }),
      m: value,
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Tree>;

  it("twice is as once, and neither argument is changed", () => {
    fc.assert(
      fc.property(pod, pod, (base, patch) => {
        const before = JSON.stringify([base, patch]);
        const once = merge(base, patch);
        assert.deepEqual(merge(once, patch), once);
        assert.equal(JSON.stringify([base, patch]), before);
      }),
      tries(500),
    );
  });

  it("keeps every entry, in its order, that the patch does not name", () => {
    fc.assert(
      fc.property(pod, pod, (plain, patch) => {
        const base = merge({}, plain); // Each name once.
        const merged = merge(base, patch);
        for (const [list, key] of [
          ["containers", "name"],
          ["volumes", "name"],
          ["volumeMounts", "mountPath"],
        ] as const) {
          const of = (tree: Tree) => (tree[list] ?? []) as Tree[];
          const named = of(patch).map((entry) => entry[key]);
          const untouched = (tree: Tree) => of(tree).filter((entry) => !named.includes(entry[key]));
          assert.deepEqual(untouched(merged), untouched(base));
          for (const name of named) assert.equal(of(merged).filter((entry) => entry[key] === name).length, 1);
        }
      }),
      tries(500),
    );
  });
});
