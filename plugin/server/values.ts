const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** Stands for a value that is not known yet, during a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// The engine has one marker for each type of unknown value.
const UNKNOWN_MARKERS = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for a plain object (not null, not an array). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a value in the engine's secret wrapping. */
export function isSecret(value: unknown): value is { value: unknown } {
  return isRecord(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** Wraps a value so that the engine encrypts it in the state and never prints it. */
export function secret(value: unknown): Record<string, unknown> {
  return isSecret(value) ? (value as Record<string, unknown>) : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** The value without any secret wrapping, at every depth. */
export function plain<T = unknown>(value: unknown): T {
  return strip(value) as T;
}

function strip(value: unknown): unknown {
  if (isSecret(value)) {
    return strip(value.value);
  }
  if (Array.isArray(value)) {
    return value.map(strip);
  }
  if (isRecord(value)) {
    return mapValues(value, strip);
  }
  return value;
}

/** True when the value is, or contains, a marker for a value not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "string") {
    return UNKNOWN_MARKERS.has(value);
  }
  if (Array.isArray(value)) {
    return value.some(hasUnknown);
  }
  return isRecord(value) && Object.values(value).some(hasUnknown);
}

/** Every string that is inside a secret, for removing them from messages. */
export function secretStrings(value: unknown, inside = false): string[] {
  if (isSecret(value)) {
    return secretStrings(value.value, true);
  }
  if (typeof value === "string") {
    return inside ? [value] : [];
  }
  if (typeof value === "number") {
    return inside ? [String(value)] : [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => secretStrings(item, inside));
  }
  return isRecord(value) ? Object.values(value).flatMap((item) => secretStrings(item, inside)) : [];
}

/**
 * Wraps in `value` whatever is secret in `like`. Where the two differ in shape (a list that changed its length, an object
 * that became text), the whole is wrapped when any part was secret.
 */
export function secretsLike(value: unknown, like: unknown): unknown {
  if (value === undefined || value === null) {
    return value;
  }
  if (isSecret(like)) {
    return secret(plain(value));
  }
  if (Array.isArray(value) && Array.isArray(like) && value.length === like.length) {
    return value.map((item, index) => secretsLike(item, like[index]));
  }
  if (isRecord(value) && isRecord(like)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, secretsLike(item, like[key])]));
  }
  return containsSecret(like) ? secret(value) : value;
}

function containsSecret(value: unknown): boolean {
  if (isSecret(value)) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some(containsSecret);
  }
  return isRecord(value) && Object.values(value).some(containsSecret);
}

/** The text with every secret in it replaced; very short secrets too, because a mangled message does no harm. */
export function redact(text: string, secrets: string[]): string {
  const longestFirst = [...secrets].filter((value) => value !== "").sort((a, b) => b.length - a.length);
  return longestFirst.reduce((result, value) => result.replaceAll(value, "[secret]"), text);
}

/** Keys sorted and undefined left out, at every depth: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isRecord(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

function mapValues(record: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
