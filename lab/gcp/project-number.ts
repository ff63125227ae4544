import { createHash } from "node:crypto";

/** The number of a project of the lab: twelve digits that are always the same for one project id. */
export function projectNumber(project: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(project).digest("hex").slice(0, 12)}`);
  return String(100_000_000_000n + (digits % 900_000_000_000n));
}
