import assert from "node:assert/strict";
import { diffSchemas } from "../../tools/schema/diff";
import type { Contents, PropertySpec } from "../../tools/schema/spec";

const text = (more: Partial<PropertySpec> = {}): PropertySpec => ({ description: "A text.", type: "string", ...more });
const object = (properties: Record<string, PropertySpec>, required: string[] = []) => ({
  ...{ description: "A type.", type: "object" as const, properties, required },
});

type Schema = Contents & { resources: { Runner: Contents["resources"][string] } };

/** A schema with one resource, whose output holds the type `Told` and whose input the type `Asked`. */
function schema(): Schema {
  return {
    types: {
      Asked: object({ name: text() }, ["name"]),
      Told: object({ inner: { description: "", $ref: "#/types/Inner" } }),
      Inner: object({ name: text() }, ["name"]),
      Decision: { description: "", type: "string", enum: [{ value: "allow" }, { value: "deny" }] },
    },
    resources: {
      Runner: {
        description: "A runner.",
        properties: { id: text(), told: { description: "", $ref: "#/types/Told" } },
        required: ["id"],
        inputProperties: {
          asked: { description: "", $ref: "#/types/Asked" },
          image: text({ plain: true }),
          lists: { description: "", type: "array", items: text() },
          namespace: text(),
        },
        requiredInputs: ["namespace"],
      },
    },
  };
}

type Change = (now: Schema) => void;

const BREAKING: [string, Change, string][] = [
  [
    "a resource less",
    ({ resources }) => delete (resources as Contents["resources"]).Runner,
    "resource Runner: removed",
  ],
  ["a type less", ({ types }) => delete types.Asked, "type Asked: removed"],
  ["an input less", (now) => delete now.resources.Runner.inputProperties.image, "Runner input image: removed"],
  ["an output less", (now) => delete now.resources.Runner.properties.id, "Runner output id: removed"],
  [
    "an input required",
    (now) => now.resources.Runner.requiredInputs.push("image"),
    "Runner input image: newly required",
  ],
  [
    "a required input more",
    (now) => {
      now.resources.Runner.inputProperties.extra = text();
      now.resources.Runner.requiredInputs.push("extra");
    },
    "Runner input extra: newly required",
  ],
  [
    "an input that takes no Output any more",
    (now) => (now.resources.Runner.inputProperties.namespace = text({ plain: true })),
    "Runner input namespace: type string became plain string",
  ],
  [
    "another type in a list",
    (now) =>
      (now.resources.Runner.inputProperties.lists = { description: "", type: "array", items: { type: "integer" } }),
    "Runner input lists: type array<string> became array<integer>",
  ],
  [
    "an output that may be missing",
    (now) => now.resources.Runner.required.pop(),
    "Runner output id: no longer required",
  ],
  [
    "a field of an output that may be missing",
    ({ types }) => (types.Inner = object({ name: text() })),
    "Inner property name: no longer required",
  ],
  [
    "an enum value less",
    ({ types }) => (types.Decision = { description: "", type: "string", enum: [{ value: "deny" }] }),
    "Decision value allow: removed",
  ],
  [
    "an enum in place of an object",
    ({ types }) => (types.Asked = { description: "", type: "string", enum: [] }),
    "Asked: changed between object and enum",
  ],
  [
    "a component in place of a custom resource",
    (now) => (now.resources.Runner.isComponent = true),
    "Runner: changed between component and custom resource",
  ],
];

const COMPATIBLE: [string, Change, string[]][] = [
  ["other words", (now) => (now.resources.Runner.inputProperties.namespace = text({ description: "Other." })), []],
  [
    "an optional input more",
    (now) => (now.resources.Runner.inputProperties.extra = text()),
    ["Runner input extra: added"],
  ],
  ["an output more", (now) => (now.resources.Runner.properties.extra = text()), ["Runner output extra: added"]],
  ["an output that is always there", (now) => now.resources.Runner.required.push("told"), []],
  [
    "an input that is not needed any more",
    (now) => now.resources.Runner.requiredInputs.pop(),
    ["Runner input namespace: no longer required"],
  ],
  [
    "a field of an input that is not needed any more",
    ({ types }) => (types.Asked = object({ name: text() })),
    ["Asked property name: no longer required"],
  ],
  [
    "an input that takes Outputs too",
    (now) => (now.resources.Runner.inputProperties.image = text()),
    ["Runner input image: type plain string became string"],
  ],
  [
    "an input that replaces",
    (now) => (now.resources.Runner.inputProperties.image = text({ plain: true, willReplaceOnChanges: true })),
    ["Runner input image: a change now replaces"],
  ],
  [
    "an enum value more",
    ({ types }) => (types.Decision as { enum: object[] }).enum.push({ value: "ask" }),
    ["Decision value ask: added"],
  ],
];

describe("tools/schema/diff", () => {
  const diffAfter = (change: Change) => {
    const now = schema();
    change(now);
    return diffSchemas(schema(), now);
  };

  for (const [what, change, line] of BREAKING) {
    it(`calls breaking: ${what}`, () => {
      assert.deepEqual(diffAfter(change).breaking, [line]);
    });
  }

  for (const [what, change, lines] of COMPATIBLE) {
    it(`calls compatible: ${what}`, () => {
      assert.deepEqual(diffAfter(change), { breaking: [], compatible: lines });
    });
  }
});
