/** Text of one look. */
export interface Run {
  text: string;
  /** Select Graphic Rendition parameters that are on: 1 bold, 2 dim, 31 red and so on. */
  style: number[];
}

/** Which parameters one turns off. */
const OFF: Record<number, (one: number) => boolean> = {
  0: () => true,
  22: (one) => one === 1 || one === 2,
  39: (one) => one >= 30 && one <= 97,
};

/**
 * What stands on a terminal after a program has written to it, line by line: a carriage return goes back to the line's beginning,
 * and what is written there replaces it. Of escape sequences, colours count; others move nothing here.
 */
export function screenOf(output: string): Run[][] {
  return output.replaceAll("\r\n", "\n").split("\n").map(lineOf);
}

function lineOf(text: string): Run[] {
  let runs: Run[] = [];
  let style: number[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals
  for (const [token, parameters] of text.matchAll(/\u001b\[([0-9;?]*)[A-Za-z]|\r|[^\u001b\r]+/g)) {
    if (token === "\r") {
      runs = [];
    } else if (token.startsWith("\u001b") && token.endsWith("m")) {
      for (const code of (parameters || "0").split(";").map(Number)) {
        const off = OFF[code];
        style = off === undefined ? [...style, code] : style.filter((one) => !off(one));
      }
    } else if (!token.startsWith("\u001b")) {
      runs.push({ text: token, style });
    }
  }
  return runs;
}
