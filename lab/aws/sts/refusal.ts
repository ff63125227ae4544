/** An error of STS as the caller gets it, and the reason for the lab's log. */
export class StsRefusal extends Error {
  /**
   * @param code stable, such as `AccessDenied`
   * @param status of HTTP
   * @param message the service's words
   * @param detail what else there is to say, for the log; holds no token
   */
  constructor(
    readonly code: string,
    readonly status: 400 | 403 | 500,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
    this.name = "StsRefusal";
  }
}

/** What STS answers when parameters break their documented forms: all of them in one message. */
export function validationErrors(errors: readonly string[]): StsRefusal {
  const count = errors.length === 1 ? "1 validation error" : `${errors.length} validation errors`;
  return new StsRefusal("ValidationError", 400, `${count} detected: ${errors.join("; ")}`);
}

/** What STS answers about a token it does not accept. */
export function invalidToken(message: string, detail?: string): StsRefusal {
  return new StsRefusal("InvalidIdentityToken", 400, message, detail);
}
