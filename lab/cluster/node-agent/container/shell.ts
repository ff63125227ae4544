/** Quotes a word for sh. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
