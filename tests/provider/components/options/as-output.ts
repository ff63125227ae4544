import * as pulumi from "@pulumi/pulumi";
import type { Row, Tree } from "./row";
import { schemaPaths } from "./schema-paths";

/** A row's arguments with its option's value, or the entries of it, changed; undefined where the option takes no Output. */
export function changedValue(
  resource: string,
  { path, set }: Row,
  change: (value: unknown) => unknown,
): Tree | undefined {
  const { values, groups, plain, plainLists } = schemaPaths(resource);
  if (![...values, ...groups].includes(path) || plain.includes(path)) {
    return undefined;
  }
  return changedAt(
    set,
    path.split("."),
    plainLists.includes(path) ? (value) => entries(value, change) : change,
  ) as Tree;
}

function changedAt(value: unknown, [name, ...rest]: string[], change: (value: unknown) => unknown): unknown {
  if (name === undefined) {
    return change(value);
  }
  if (Array.isArray(value)) {
    return value.map((entry) => changedAt(entry, [name, ...rest], change));
  }
  const tree = value as Tree;
  // A map of options, by names of the user's, is passed by.
  return name in tree
    ? { ...tree, [name]: changedAt(tree[name], rest, change) }
    : entries(tree, (entry) => changedAt(entry, [name, ...rest], change));
}

function entries(value: unknown, change: (value: unknown) => unknown): unknown {
  return Array.isArray(value)
    ? value.map(change)
    : Object.fromEntries(Object.entries(value as Tree).map(([key, entry]) => [key, change(entry)]));
}

/** A value of a resource that does not exist yet. */
export function unknownValue(): pulumi.Output<string> {
  class Other extends pulumi.CustomResource {
    readonly value!: pulumi.Output<string>;
    constructor() {
      super("test:index:Other", "other", { value: undefined });
    }
  }
  return new Other().value;
}
