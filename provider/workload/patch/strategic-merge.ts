import { OidcRunnerError } from "../../../trust";

type Tree = Record<string, unknown>;

/** Lists of a pod whose entries are merged, with the field that names an entry (`patchMergeKey` of Kubernetes' core/v1). */
const KEYED: Record<string, string> = {
  containers: "name",
  initContainers: "name",
  volumes: "name",
  imagePullSecrets: "name",
  resourceClaims: "name",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
  env: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  ports: "containerPort",
};

/** Lists whose entries are added to those there are: Kubernetes would replace them, which one toleration more does not mean. */
const ADDED = ["tolerations"];

/** Entries that have one of several sources: with another source the whole entry is another one (`retainKeys`). */
const ONE_SOURCE = ["volumes", "env"];

/** What a probe asks; it has one of them. */
const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];

/**
 * Merges a patch into (a part of) a pod as Kubernetes' strategic merge patch does: maps by key, named lists by name, `null`
 * removes, any other list is replaced. Neither argument is changed; undefined values of the patch are left out.
 *
 * @throws OidcRunnerError `POD_TEMPLATE_INVALID` for an entry without its name or named twice, and for directives (`$patch`).
 */
export function strategicMerge(base: Tree, patch: Tree, where: string): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const place = `${where}.${key}`;
    if (key.startsWith("$")) {
      throw invalid(`${key} is a directive, which is not understood here`, place, "give null to remove a field");
    }
    if (value === undefined) {
      continue;
    }
    if (value === null) {
      delete merged[key];
    } else if (Array.isArray(value)) {
      merged[key] = mergeList(key, asList(merged[key]), value, place);
    } else if (isTree(value)) {
      const old = isTree(merged[key]) ? merged[key] : {};
      merged[key] = strategicMerge(key.endsWith("Probe") ? withoutHandler(old, value) : old, value, place);
    } else {
      merged[key] = value;
    }
  }
  return merged;
}

function mergeList(key: string, base: unknown[], patch: unknown[], where: string): unknown[] {
  if (ADDED.includes(key)) {
    const known = new Set(base.map(formOf));
    return [...base, ...patch.filter((entry) => !known.has(formOf(entry)) && known.add(formOf(entry)))];
  }
  const name = KEYED[key];
  if (name === undefined) {
    return patch;
  }
  const merged = [...base];
  const named = new Set<string>();
  for (const [index, entry] of patch.entries()) {
    const place = `${where}[${index}]`;
    if (!isTree(entry) || !["string", "number"].includes(typeof entry[name])) {
      throw invalid(`an entry of ${key} has no ${name}`, place, `give its ${name}: entries are merged by it`);
    }
    const identity = identityOf(entry, name);
    if (named.has(identity)) {
      throw invalid(`there is another entry of ${key} with ${name} ${identity}`, place, "give each one once");
    }
    named.add(identity);
    const at = merged.findIndex((other) => isTree(other) && identityOf(other, name) === identity);
    const old = at < 0 ? {} : (merged[at] as Tree);
    const other = ONE_SOURCE.includes(key) && !sameSource(old, entry);
    merged.splice(at < 0 ? merged.length : at, at < 0 ? 0 : 1, strategicMerge(other ? {} : old, entry, place));
  }
  return merged;
}

/** What an entry is known by; two protocols may share a port's number. */
function identityOf(entry: Tree, name: string): string {
  const parts = name === "containerPort" ? [entry[name], entry.protocol ?? "TCP"] : [entry[name]];
  return parts.join("/");
}

/** Whether an entry's patch leaves its source as it is, or only sets fields of it. */
function sameSource(old: Tree, patch: Tree): boolean {
  const sources = (entry: Tree) => Object.keys(entry).filter((key) => key !== "name" && entry[key] !== undefined);
  return sources(patch).every((source) => patch[source] === null || sources(old).includes(source));
}

/** A probe without what it asks, where its patch asks something. */
function withoutHandler(probe: Tree, patch: Tree): Tree {
  const asks = HANDLERS.some((handler) => isTree(patch[handler]) && probe[handler] === undefined);
  return asks ? Object.fromEntries(Object.entries(probe).filter(([key]) => !HANDLERS.includes(key))) : probe;
}

/** A value's text, whatever the order of its fields. */
function formOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isTree(part) ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1))) : part,
  );
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("POD_TEMPLATE_INVALID", what, { where, fix });
}
