/**
 * JSON or a line of text without characters that a terminal acts on or hides: a token's claims are whatever its issuer, or
 * a forger, wrote into it. They become JSON's escapes, so that JSON stays what it is.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
