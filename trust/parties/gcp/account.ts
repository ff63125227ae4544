import { createHash } from "node:crypto";
import { OidcRunnerError } from "../../errors";

/** Longest display name and description, in bytes of UTF-8 (IAM REST reference, `ServiceAccount`). */
const LONGEST = { displayName: 100, description: 256 } as const;

/**
 * An account id for a Google service account: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter. A
 * hash of `unique` ends it, so that two long names which begin alike, or the same name in two stacks, don't collide.
 */
export function googleAccountId(name: string, unique: string): string {
  const hash = createHash("sha256").update(unique).digest("hex").slice(0, 8);
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 21)
    .replace(/-+$/, "");
  return `${readable === "" ? "runner" : readable}-${hash}`;
}

/** What a display name says when none is given, cut where Google would refuse it. */
export function defaultDisplayName(name: string, kind = "Pulumi runner"): string {
  let text = `${kind} ${name}`;
  while (Buffer.byteLength(text) > LONGEST.displayName) {
    // By characters, so that none is cut in two.
    text = [...text].slice(0, -1).join("");
  }
  return text;
}

/**
 * Refuses what Google would refuse of a service account, before anything is made for it. What is left out is not looked at.
 *
 * @throws OidcRunnerError `GOOGLE_ACCOUNT_INVALID`
 */
export function checkGoogleAccount(account: { accountId?: string; displayName?: string; description?: string }): void {
  const { accountId } = account;
  if (accountId !== undefined && !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(accountId)) {
    throw new OidcRunnerError("GOOGLE_ACCOUNT_INVALID", `"${accountId}" can't be the id of a service account`, {
      where: "google.serviceAccount.accountId",
      fix: "use 6 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen; or leave it out",
    });
  }
  for (const [field, longest] of Object.entries(LONGEST)) {
    const text = account[field as keyof typeof LONGEST];
    const length = Buffer.byteLength(text ?? "");
    if (length > longest) {
      throw new OidcRunnerError("GOOGLE_ACCOUNT_INVALID", `the ${field} has ${length} bytes`, {
        where: `google.serviceAccount.${field}`,
        fix: `shorten it to ${longest} bytes`,
      });
    }
  }
}

/**
 * The project a Google service account's email names. Of an id with a domain (`example.com:acme-prod`) the email has the
 * domain last.
 *
 * @throws OidcRunnerError `GOOGLE_EMAIL_INVALID`
 */
export function projectOfEmail(email: string): string {
  const project = /^[a-z][a-z0-9-]{4,28}[a-z0-9]@([a-z0-9.-]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1];
  if (project === undefined) {
    throw new OidcRunnerError("GOOGLE_EMAIL_INVALID", `"${email}" is not the email of a Google service account`, {
      where: "google.serviceAccountEmail",
      fix: "give NAME@PROJECT.iam.gserviceaccount.com",
    });
  }
  const [id, ...domain] = project.split(".");
  return domain.length === 0 ? project : `${domain.join(".")}:${id}`;
}
