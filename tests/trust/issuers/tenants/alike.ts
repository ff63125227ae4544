/** Letters of other scripts, and letters that upper and lower case turn into others. */
const SIMILAR: Readonly<Record<string, string>> = {
  a: "\u0430",
  e: "\u0435",
  i: "\u0131",
  k: "\u212a",
  o: "\u03bf",
  s: "\u017f",
};

/** Names that resemble one. */
export function alike(name: string): string[] {
  const names = [
    ...[name.replaceAll(".", "x"), name.replaceAll(".", "/"), name.replaceAll(".", ":"), name.replace("-", ".")],
    ...[name.replace(/.$/s, "."), name.replace(/^./s, "*"), name.toUpperCase(), name.toLowerCase(), `${name}x`],
    ...[`x${name}`, `${name}-2`, name.slice(0, -1), `${name}.`, `${name}/x`, `x/${name}`, `${name}:x`, `x:${name}`],
    ...[`${name}%3Ax`, `${name}@1`, `${name}\u200b`, `${name}\u0301`, `${name} `, name.normalize("NFKD")],
    [...name].map((letter) => SIMILAR[letter] ?? letter).join(""),
    [...name]
      .map((letter) => String.fromCodePoint((letter.codePointAt(0) as number) + (/[a-z]/.test(letter) ? 0xfee0 : 0)))
      .join(""),
  ];
  return [...new Set(names)].filter((other) => other !== name && other !== "");
}

/** The same without those that only go on behind what ends the name. */
export const otherNames = (name: string, end: string | RegExp) =>
  alike(name).filter((other) => other.split(end)[0] !== name);
