import { printable } from "../errors";

/** Characters of a text that are shown. */
const LONGEST = 200;

/** A text from a token or a policy as part of one printed line: cut, and without what a terminal would act on. */
export function shown(text: string): string {
  return printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
