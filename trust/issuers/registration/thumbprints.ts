import { OidcRunnerError } from "../../errors";

/**
 * Thumbprints as Pulumi Cloud records them: SHA-256 of the certificate, 64 lower-case hexadecimal digits, without the colons
 * that `openssl x509 -fingerprint` prints.
 *
 * @throws OidcRunnerError `THUMBPRINT_INVALID`
 */
export function normalThumbprints(thumbprints: readonly string[], where = "thumbprints"): string[] {
  return thumbprints.map((given, index) => {
    const digits = given.replace(/[:\s]/g, "").toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(digits)) {
      const sha1 = /^[0-9a-f]{40}$/.test(digits);
      throw new OidcRunnerError(
        "THUMBPRINT_INVALID",
        sha1
          ? `"${given}" is a SHA-1; Pulumi Cloud compares SHA-256`
          : `"${given}" is not the SHA-256 of a certificate`,
        {
          where: `${where}[${index}]`,
          fix: "give 64 hexadecimal digits (openssl x509 -fingerprint -sha256), or leave thumbprints out: Pulumi Cloud records them",
        },
      );
    }
    return digits;
  });
}

/** Whether two lists hold the same thumbprints, in any order, case and notation. */
export function sameThumbprints(one: readonly string[] = [], other: readonly string[] = []): boolean {
  const form = (list: readonly string[]) =>
    [...new Set(list.map((text) => text.replace(/[:\s]/g, "").toLowerCase()))].sort().join(" ");
  return form(one) === form(other);
}
