/** A time as Pulumi Cloud writes it: `2025-10-19 00:05:56.480` (pulumi/docs#16317), UTC, although its schema says ISO 8601. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
