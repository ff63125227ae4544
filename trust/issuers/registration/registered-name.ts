import { createHash } from "node:crypto";

/** Which resource registers an issuer. */
export interface Registrant {
  /** Pulumi organization that trusts the issuer. */
  organization: string;
  project: string;
  stack: string;
  urn: string;
}

/**
 * Hash of the stack, then hash of the resource, then the mark of the resource that took the issuer over; earlier versions wrote the
 * second alone.
 */
const MARKED = /^(.*)-([0-9a-f]{8})?([0-9a-f]{8})([0-9a-f]{8})?$/s;

/**
 * The name an issuer is registered under: its label, and hashes that tell our own registrations from others'. After a lost
 * answer the second says that it was this very resource; the first says that it was another one of the same stack.
 */
export function registeredName(label: string, { organization, project, stack, urn }: Registrant): string {
  const hash = (...parts: string[]) => createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8);
  return `${label}-${hash(organization, project, stack)}${hash(organization, urn)}`;
}

/**
 * The same name with the beginning of a lease (a UUID), for an issuer that is registered already. Without it, a resource that
 * is replaced by itself and its successor would have one id and one name.
 */
export function leasedName(name: string, lease: string): string {
  const [, label, stack = "", resource] = MARKED.exec(name) ?? [];
  return resource === undefined ? name : `${label}-${stack}${resource}${lease.slice(0, 8)}`;
}

/** The name without its hashes. */
export function labelOf(name: string): string {
  return MARKED.exec(name)?.[1] ?? name;
}

/** Whether an issuer that had one name was taken over since, because its name now carries another lease. */
export function wasTakenOver(had: string, has: string): boolean {
  const leased = MARKED.exec(has);
  return leased?.[4] !== undefined && leased.slice(2).join() !== MARKED.exec(had)?.slice(2).join();
}

/** Whether the same resource wrote both names, whatever the labels. */
export function sameRegistrant(one: string, other: string): boolean {
  const [, , stack, resource] = MARKED.exec(one) ?? [];
  const [, , otherStack, otherResource] = MARKED.exec(other) ?? [];
  const sameMark = resource !== undefined && resource === otherResource;
  return one === other || (sameMark && (stack === undefined || otherStack === undefined || stack === otherStack));
}

/** Whether both names were written by resources of one stack. */
export function sameStack(one: string, other: string): boolean {
  const stack = MARKED.exec(one)?.[2];
  return stack !== undefined && stack === MARKED.exec(other)?.[2];
}

/**
 * Whether two names say the same to people. A resource that keeps its identity under a new URN (alias, moved parent), or
 * was registered by an earlier version, is not renamed for its hashes.
 */
export function sameLabel(one: string, other: string): boolean {
  const label = MARKED.exec(one)?.[1];
  return one === other || (label !== undefined && label === MARKED.exec(other)?.[1]);
}
