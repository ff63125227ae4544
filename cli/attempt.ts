/** What came of an attempt to log in. */
export interface Attempt {
  name: string;
  /** `failed`: it ended for another reason than that the token was refused. */
  outcome: "admitted" | "refused" | "failed";
  /** What the login gave, or what it was refused for. */
  shown: string[];
}

/** The attempt that a program's trust is for, and those that resemble it. */
export interface Attempts {
  wanted: Attempt;
  nearMisses: Attempt[];
}

/** Whether the wanted one was admitted and all others were refused. */
export function areRight({ wanted, nearMisses = [] }: Partial<Attempts>): boolean {
  return wanted?.outcome === "admitted" && nearMisses.every(({ outcome }) => outcome === "refused");
}

/** How the clouds say that they do not trust a token. */
const REFUSED = /\b(AccessDenied|unauthorized_client|PERMISSION_DENIED|AADSTS\d+)\b/g;

/** The clouds' refusals in the output of a command, each once. */
export function refusalsIn(output: string): string[] {
  return [...new Set(output.match(REFUSED) ?? [])];
}
