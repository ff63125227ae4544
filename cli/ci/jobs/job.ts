import type { Claims } from "../../../trust/claims";

/** What is known of the repository besides its pipeline, by the fields of `SYSTEMS`. */
export type Facts = Readonly<Record<string, string | undefined>>;

/** One way in which a job that asks for a token is started. */
export interface FoundJob {
  /** Its name in the file. */
  name: string;
  /** What starts it, such as `push to main`. */
  event: string;
  /** Fields of the record's typed subject that follow from it. */
  subject: Readonly<Record<string, unknown>>;
  /** Claims that the typed subject can't say. Default: none. */
  claims?: Claims;
  /** Claims that its token lacks. Default: none are known. */
  lacks?: readonly string[];
  /** What it asks for. Default: the file does not say. */
  audience?: string;
  /** Why it gets no token. Default: it gets one. */
  withoutToken?: string;
}

/** Finds the jobs of a pipeline's file, as YAML has it, that ask for a token. */
export type JobReader = (document: unknown, facts: Facts, defaultBranch: string) => FoundJob[];

/** A branch, tag or merge request that a pattern or nothing stands for. */
export const SAMPLE = "some-other-branch";

/** One name that a pattern of a CI system matches: its wildcards are taken for a letter. */
export function sampleOf(pattern: string): string {
  return pattern.replace(/\*+/g, "x");
}

/** A value as a list: none, one, or many. */
export function listOf<T>(value: T | readonly T[] | undefined | null): T[] {
  return value === undefined || value === null ? [] : ([value].flat() as T[]);
}

/** The entries of a mapping; none of anything else. */
export function entriesOf(value: unknown): [string, Record<string, unknown>][] {
  return isMapping(value) ? (Object.entries(value) as [string, Record<string, unknown>][]) : [];
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
