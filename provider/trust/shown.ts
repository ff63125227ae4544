/** Characters of a text that are shown. */
const LONGEST = 200;

/** A text from a token or a policy as part of one printed line: cut, and without what a terminal would act on. */
export function shown(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}
