import type { WriteStream } from "node:tty";
import { printable } from "../../trust";
import { type Line, print, type Styled, styled } from "../print";
import { wrapped } from "./wrap";

/** Who says a line that is passed on. */
export type Speaker = "pulumi" | "job" | "near" | "step" | "cli" | "deploy";

const COLOURS: Record<Speaker, Styled["style"]> = {
  pulumi: "cyan",
  job: "magenta",
  near: "yellow",
  step: "cyan",
  cli: "cyan",
  deploy: "magenta",
};

/** Width of a speaker's name. */
const NAME = 6;
/** Narrower terminals are written to as if they were as wide. */
const LEAST = 40;

/** One row of an account: whether it came out as wanted, what it is, and what was seen. */
export interface Row {
  ok: boolean;
  label: string;
  value: string;
}

/** What is shown while an example runs. On a terminal no line is longer than it is wide; elsewhere lines are not parted. */
export class Screen {
  readonly #width: number;

  constructor(stream: Pick<WriteStream, "isTTY" | "columns"> = process.stdout) {
    this.#width = stream.isTTY ? Math.max(LEAST, stream.columns || 80) : Number.POSITIVE_INFINITY;
  }

  /** A heading, after an empty line; `more` is said beside it. */
  heading(text: string, more = ""): void {
    const [first = "", ...rest] = this.#parted(more === "" ? text : `${text}  ${more}`, 0);
    print("", [styled("bold", first.slice(0, text.length)), styled("dim", first.slice(text.length))]);
    for (const line of rest) {
      print([styled("dim", line)]);
    }
  }

  /** A line of a program that is followed. */
  said(by: Speaker, line: Line): void {
    const pieces = piecesOf(line).map((piece) => ({ ...piece, text: shortened(piece.text) }));
    const bar = (name: string) => [styled(COLOURS[by], `  ${name.padEnd(NAME)}`), styled("dim", " | ")];
    print(...this.#flowing(pieces, NAME + 5).map((part, index) => [...bar(index === 0 ? by : ""), ...part]));
  }

  /** Lines that are parted where they are too long. */
  flow(...lines: Line[]): void {
    print(...lines.flatMap((line) => this.#flowing(piecesOf(line), 0)));
  }

  /** Lines as they are, which have to be short. */
  lines(...lines: Line[]): void {
    print(...lines);
  }

  /** A paragraph. */
  text(text: string, style?: Styled["style"]): void {
    for (const line of this.#parted(text, 0)) {
      print(style === undefined ? line : [styled(style, line)]);
    }
  }

  /** Rows of one account, their values below each other. */
  rows(rows: readonly Row[]): void {
    const label = Math.max(...rows.map((row) => row.label.length));
    for (const row of rows) {
      const mark = row.ok ? styled("green", "ok") : styled("red", "--");
      this.parted([`  `, mark, `  ${row.label.padEnd(label)}  `], row.value, label + 8);
    }
  }

  /** A text behind other pieces, which take `indent` characters; further lines of it are indented by as much. */
  parted(pieces: readonly (string | Styled)[], text: string, indent: number): void {
    const [first = "", ...rest] = this.#parted(text, indent);
    print([...pieces, first], ...rest.map((line) => `${" ".repeat(indent)}${line}`));
  }

  /** Pieces in as many lines as they need. */
  #flowing(pieces: readonly Piece[], indent: number): Line[] {
    const escaped = pieces.map(({ style, text }) => ({ style, text: printable(text) }));
    const lines = wrapped(escaped.map(({ text }) => text).join(""), this.#width - indent);
    return stylesOf(escaped, lines);
  }

  #parted(text: string, indent: number): string[] {
    // What is escaped takes more room than it did.
    return wrapped(printable(text), this.#width - indent);
  }
}

/** A part of a line, with or without a colour. */
interface Piece {
  style: Styled["style"] | undefined;
  text: string;
}

function piecesOf(line: Line): Piece[] {
  return (typeof line === "string" ? [line] : line).map((piece) =>
    typeof piece === "string" ? { style: undefined, text: piece } : piece,
  );
}

/** The colours of a text in the lines that it was parted into, which differ from it in white space alone. */
function stylesOf(pieces: readonly Piece[], lines: readonly string[]): Line[] {
  const visible = pieces.flatMap(({ style, text }) => Array.from(text.replace(/\s/g, ""), () => style));
  let next = 0;
  return lines.map((line) => {
    const runs: Piece[] = [];
    for (const character of line) {
      const style = character.trim() === "" ? runs.at(-1)?.style : visible[next++];
      const last = runs.at(-1);
      if (last !== undefined && last.style === style) {
        last.text += character;
      } else {
        runs.push({ style, text: character });
      }
    }
    return runs.map(({ style, text }) => (style === undefined ? text : styled(style, text)));
  });
}

/** A line without what people do not read: tabs, times more exact than a second, and the name of the speaker. */
function shortened(line: string): string {
  return line
    .replaceAll("\t", "    ")
    .replace(/^oidc-runner: /, "")
    .replace(/(\d\d:\d\d:\d\d)\.\d+(?=Z|[+-]\d\d:)/g, "$1");
}
