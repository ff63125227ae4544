import { canonical, type DiffResult, isRecord, type Properties, type PropertyChange } from "../../../plugin/server";
import { ANNOTATIONS } from "./annotations";
import { forceNewPaths } from "./immutable";
import { at, isAnnotated } from "./object";
import type { DiffSettings } from "./settings";

type Path = (string | number)[];

/** Compares an object's old inputs with its new ones, both without secret wrapping. */
export function diffInputs(olds: Properties, news: Properties, settings: DiffSettings): DiffResult {
  const forceNew = forceNewPaths(olds, news, settings);
  const changes: PropertyChange[] = compare(olds, news, []).map(({ path, kind }) => ({
    path: formatPath(path),
    kind,
    replace: forceNew.some((prefix) => prefix.every((key, index) => path[index] === key || path.length <= index)),
  }));
  return withOrder(olds, news, changes);
}

/** Adds the replacement that `pulumi.com/replaceUnready` asks for to a diff. */
export function replaceUnready(olds: Properties, news: Properties, result: DiffResult): DiffResult {
  const change: PropertyChange = {
    path: formatPath(["metadata", "annotations", ANNOTATIONS.replaceUnready]),
    kind: "update",
    replace: true,
  };
  return withOrder(olds, news, [...result.changes.filter(({ path }) => path !== change.path), change]);
}

// Two objects of one name cannot exist at once: where the name stays, the old object goes first.
function withOrder(olds: Properties, news: Properties, changes: PropertyChange[]): DiffResult {
  const sameName = ["name", "namespace"].every((key) => at(olds, "metadata", key) === at(news, "metadata", key));
  const renamable = isAnnotated(news, ANNOTATIONS.autonamed) || at(news, "metadata", "generateName") !== undefined;
  return { changes, deleteBeforeReplace: changes.some(({ replace }) => replace) && sameName && !renamable };
}

function compare(olds: unknown, news: unknown, path: Path): { path: Path; kind: PropertyChange["kind"] }[] {
  if (olds === news) {
    return [];
  }
  if (olds === undefined || olds === null) {
    return news === undefined || news === null ? [] : [{ path, kind: "add" }];
  }
  if (news === undefined || news === null) {
    return [{ path, kind: "delete" }];
  }
  if (isRecord(olds) && isRecord(news)) {
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    return keys.filter(isObjectField).flatMap((key) => compare(olds[key], news[key], [...path, key]));
  }
  if (Array.isArray(olds) && Array.isArray(news)) {
    const length = Math.max(olds.length, news.length);
    return Array.from({ length }, (_, index) => compare(olds[index], news[index], [...path, index])).flat();
  }
  return canonical(olds) === canonical(news) ? [] : [{ path, kind: "update" }];
}

// The provider's own entries in inputs and outputs start with two underscores.
function isObjectField(key: string): boolean {
  return !key.startsWith("__");
}

function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") {
      return `${text}[${key}]`;
    }
    if (/[.[\]"]/.test(key)) {
      return `${text}[${JSON.stringify(key)}]`;
    }
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
