/** What exists after a create or an update that failed, for the state. */
export interface LeftBehind {
  /** Outputs that are known; without an `issuerId` it is not known whether there is an issuer. */
  outputs: object;
  /** Whether it is not known if the change was made. */
  uncertain: boolean;
}

const known = new WeakMap<object, LeftBehind>();

/** Notes on an error what exists all the same. Returns the error. */
export function leave<T>(error: T, outputs: object, uncertain = false): T {
  known.set(error as object, { outputs, uncertain });
  return error;
}

/** What {@link leave} noted on an error. */
export function leftBehindBy(error: unknown): LeftBehind | undefined {
  return typeof error === "object" && error !== null ? known.get(error) : undefined;
}
