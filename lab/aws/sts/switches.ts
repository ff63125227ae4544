/** What is not known about the real STS, one switch each; none was verified against it. */
export interface StsSwitches {
  /**
   * How far in the future `nbf` and `iat` may be, seconds. OpenID Connect allows a few minutes for skewed clocks; how many
   * STS allows is not published. Default 300.
   */
  skewSeconds: number;
  /**
   * How long after `exp` a token is still taken, seconds. Default 0: STS was seen to refuse a token 198 s after its end
   * (awslabs/aws-orbit-workbench#707).
   */
  expiredSeconds: number;
}

/** The defaults, a fresh copy each time. */
export function defaultStsSwitches(): StsSwitches {
  return { skewSeconds: 300, expiredSeconds: 0 };
}
