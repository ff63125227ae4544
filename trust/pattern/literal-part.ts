/**
 * Whether a pattern has a character that stands for itself. Pulumi Cloud refuses a rule without one: "key sub should at least
 * have a strict matching portion" was seen for the empty text (limit7412/VRCServiceStatusPanel, infra/README.md); whether it
 * refuses `*`, `?` and `.` too is not known, so they are never written.
 */
export function hasLiteralPart(pattern: string): boolean {
  return /[^*?.]/.test(pattern);
}
