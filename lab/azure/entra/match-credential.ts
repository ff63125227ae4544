import { type Claims, claimValues } from "../../../trust/claims";
import { evaluateAzureTrust } from "../../../trust/parties/azure/evaluate";
import type { Client, Credential } from "../directory";
import type { AzureSwitches } from "../switches";
import { refusals } from "./refusal";

/** How credentials are compared. */
export interface MatchOptions {
  /** Credentials written later are not found yet, milliseconds by the lab's clock. */
  youngest: number;
  namesFirst: AzureSwitches["namesFirst"];
}

/**
 * Refuses an assertion that none of a client's credentials accepts, by the code that names what differs. Of several things that differ
 * the issuer is named first, and then what a switch says: which one the real service names is not known.
 *
 * @throws EntraRefusal
 */
export function matchCredential(client: Client, claims: Claims, { youngest, namesFirst }: MatchOptions): void {
  if (client.credentials.length === 0) {
    throw refusals.noCredentials(client.name);
  }
  const known = client.credentials.filter(({ written }) => written <= youngest);
  if (accepting(known, claims).length > 0) {
    return;
  }
  const [issuer, subject] = [String(claims.iss), String(claims.sub)];
  const audience = claimValues(claims, ["aud"]).join(", ");
  if (accepting(client.credentials, claims).length > 0) {
    throw refusals.notPropagated(issuer, subject, audience);
  }
  const ofIssuer = client.credentials.filter((credential) => credential.issuer === issuer);
  if (ofIssuer.length === 0) {
    throw refusals.issuer(issuer);
  }
  // With an audience that the credential takes, only the subject can still differ.
  const ofSubject = ofIssuer.filter(({ written: _, ...one }) => admits(one, { ...claims, aud: one.audiences }));
  const takesAudience = ofIssuer.some(({ audiences }) => audiences.includes(audience));
  if (ofSubject.length > 0 || (namesFirst === "audience" && !takesAudience)) {
    throw refusals.audience(audience);
  }
  if (ofIssuer.some((one) => one.subject?.toLowerCase() === subject.toLowerCase())) {
    throw refusals.subjectCase(subject);
  }
  throw ofIssuer.some((one) => one.subject === undefined) ? refusals.expression(subject) : refusals.subject(subject);
}

function accepting(credentials: readonly Credential[], claims: Claims): Credential[] {
  return credentials.filter((credential) => admits(credential, claims));
}

function admits(document: object, claims: Claims): boolean {
  return evaluateAzureTrust(document, claims).decision === "allow";
}
