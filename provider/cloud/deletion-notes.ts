import type { PolicyDefinition } from "../trust/policy";
import { OwnWrites } from "./own-writes";

/** Stands for the issuer in the notes, which are made for definitions. */
const WHOLE: PolicyDefinition = { decision: "deny", tokenType: "organization", rules: {} };

/** An issuer, and where it is registered. */
interface Registered {
  apiUrl?: string | undefined;
  organization: string;
  issuerId?: string | undefined;
}

/**
 * A note that the deletion of an issuer began. A destroy that was killed, or whose answer was lost, leaves a state that still
 * has what may be gone; the next update then registers the issuer again, or finds it registered. Kept as {@link OwnWrites}
 * are.
 */
export const deletionNotes = {
  begin(issuer: Registered): void {
    notesOf(issuer)?.remember([WHOLE]);
  },

  began(issuer: Registered): boolean {
    return (notesOf(issuer)?.among([WHOLE]) ?? []).length > 0;
  },

  /** The deletion is done, or the issuer is in use again. */
  end(issuer: Registered): void {
    notesOf(issuer)?.forget([WHOLE]);
  },
};

function notesOf({ apiUrl, organization, issuerId }: Registered): OwnWrites | undefined {
  return issuerId === undefined || apiUrl === undefined
    ? undefined
    : new OwnWrites({ apiUrl, organization, issuerId, owner: "its deletion" });
}
