/** Where a word that is longer than a line may be parted: behind these, as long as a third of the line stays filled. */
const BREAKS = /[/:,._-]/;

/**
 * A text in lines of at most so many characters: parted at spaces, and within a word only where the word is longer than a line. All
 * lines begin where the first does.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  const indent = " ".repeat(Math.min(text.length - text.trimStart().length, width / 2));
  let rest = text.trimEnd();
  while (rest.length > width) {
    const end = endOfLine(rest, width, indent.length);
    lines.push(rest.slice(0, end).trimEnd());
    rest = indent + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

function endOfLine(text: string, width: number, indent: number): number {
  const space = text.lastIndexOf(" ", width);
  const isBetweenWords = space >= text.length - text.trimStart().length;
  const [word = ""] = /^\S*/.exec(text.slice(space + 1)) ?? [];
  if (isBetweenWords && word.length <= width - indent) {
    return space;
  }
  for (let end = width; end > width / 3 && end > space + 1; end -= 1) {
    if (BREAKS.test(text[end - 1] ?? "")) {
      return end;
    }
  }
  return isBetweenWords ? space : width;
}
