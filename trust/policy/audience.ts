/** The audience Pulumi Cloud recommends for tokens that are exchanged in an organization. */
export function pulumiAudience(organization: string): string {
  return `urn:pulumi:org:${organization}`;
}
