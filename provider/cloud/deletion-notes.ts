import { DEFAULT_DENY } from "../trust/merge";
import { OwnWrites } from "./own-writes";

/** An issuer, and where it is registered. */
interface Registered {
  apiUrl?: string | undefined;
  organization: string;
  issuerId?: string | undefined;
}

/**
 * A note that the deletion of an issuer began. A destroy that was killed, or whose answer was lost, leaves a state that still
 * has what may be gone; the next update then registers the issuer again, or finds it registered. Kept as {@link OwnWrites}
 * are; what every issuer starts with stands for the issuer.
 */
export const deletionNotes = {
  begin(issuer: Registered): void {
    notesOf(issuer)?.remember([DEFAULT_DENY]);
  },

  began(issuer: Registered): boolean {
    return (notesOf(issuer)?.among([DEFAULT_DENY]) ?? []).length > 0;
  },

  /** The deletion is done, or the issuer is in use again. */
  end(issuer: Registered): void {
    notesOf(issuer)?.forget([DEFAULT_DENY]);
  },
};

function notesOf({ apiUrl, organization, issuerId }: Registered): OwnWrites | undefined {
  return issuerId === undefined || apiUrl === undefined
    ? undefined
    : new OwnWrites({ apiUrl, organization, issuerId, owner: "its deletion" });
}
