/** What is not known about the real services, or differs from day to day, one switch each; none was verified against them. */
export interface AzureSwitches {
  /** Which of subject and audience a refusal names when a credential of the issuer has neither. Default "subject"; not verified. */
  namesFirst: "subject" | "audience";
  /** Clock skew allowed for the times of an assertion, seconds. Default 300, as Microsoft's own libraries allow. */
  leewaySeconds: number;
  /** Life of an access token, seconds. Default 3599, which published answers show. */
  accessTokenSeconds: number;
  /**
   * How long a credential that was written is not found yet, seconds: minutes in real life (Entra documentation, "Time for
   * federated credential changes to propagate"). Default 0.
   */
  propagationSeconds: number;
  /**
   * How long a write of a credential takes, milliseconds; another one of the same managed identity is refused meanwhile.
   * Default 50.
   */
  writeMs: number;
}

/** The defaults, a fresh copy each time. */
export function defaultAzureSwitches(): AzureSwitches {
  return {
    namesFirst: "subject",
    leewaySeconds: 300,
    accessTokenSeconds: 3599,
    propagationSeconds: 0,
    writeMs: 50,
  };
}
