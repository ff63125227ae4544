/** What is not known about Cloud Run's check, one switch each; none was verified against it. */
export interface RunSwitches {
  /** Clock skew allowed for `exp` and `iat`, seconds. Default 0. */
  leewaySeconds: number;
}

/** The defaults, a fresh copy each time. */
export function defaultRunSwitches(): RunSwitches {
  return { leewaySeconds: 0 };
}
