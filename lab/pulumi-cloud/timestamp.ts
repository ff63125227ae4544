/** A time as Pulumi Cloud writes it: `2025-10-19 00:05:56.480` (pulumi/docs#16317), UTC, although its schema says ISO 8601. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "");
}
