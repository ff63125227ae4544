/** What is not known about the real token service, one switch each; none was verified against it. */
export interface StsSwitches {
  /** Clock skew allowed for `exp`, `nbf` and `iat`, seconds. Default 60. */
  leewaySeconds: number;
  /** Life of a federated access token, seconds. Default 3599, which published answers show. */
  federatedTokenSeconds: number;
}

/** The defaults, a fresh copy each time. */
export function defaultStsSwitches(): StsSwitches {
  return { leewaySeconds: 60, federatedTokenSeconds: 3599 };
}
