/** Where a token comes from. */
export interface TokenSource {
  /**
   * A token that is good now.
   *
   * @param fresh the last one was refused: get another one than is remembered
   */
  get(fresh?: boolean): Promise<string>;
}

/** A token with the time it expires, in milliseconds since the epoch. */
export interface ExpiringToken {
  token: string;
  expiresAt: number;
}
