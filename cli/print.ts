import type { WriteStream } from "node:tty";
import { inspect, styleText } from "node:util";
import { printable } from "../trust";

/** A text with a colour of its own, on a terminal that has colours. */
export interface Styled {
  style: Parameters<typeof styleText>[0];
  text: string;
}

/** One line: a text, or pieces of which some are coloured. */
export type Line = string | readonly (string | Styled)[];

/** A piece of a {@link Line} in a colour. `print` leaves it out where there is no terminal, and with NO_COLOR. */
export function styled(style: Styled["style"], text: string): Styled {
  return { style, text };
}

// A reader that has gone (`npm start | head`) misses the rest; a lab is still ended in order, with the exit code that is due.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    throw error;
  }
});

/**
 * Prints lines to standard output. Nothing else of the command line writes there: tokens, documents and answers of services
 * are quoted in many places, and all of them are escaped here.
 */
export function print(...lines: Line[]): void {
  console.log(lines.map((line) => rendered(line, process.stdout)).join("\n"));
}

/** Prints a value as JSON; what is escaped in it are characters of its texts, so it stays JSON. */
export function printJson(value: unknown, indent?: number): void {
  // Line ends are those of the indentation: in texts JSON escapes them.
  print(...JSON.stringify(value, undefined, indent).split("\n"));
}

/** Prints a text of several lines, or what was thrown, to standard error. */
export function printError(error: unknown): void {
  const text = typeof error === "string" ? error : inspect(error);
  printErrorLines(text.split("\n"));
}

/** Prints lines to standard error. */
export function printErrorLines(lines: readonly Line[]): void {
  console.error(lines.map((line) => rendered(line, process.stderr)).join("\n"));
}

/** A line as a stream shows it: escaped, and coloured where the stream is a terminal with colours. */
export function rendered(line: Line, stream: Pick<WriteStream, "isTTY" | "hasColors">): string {
  const isColoured = stream.isTTY && stream.hasColors();
  const show = (piece: string | Styled) => {
    const { style, text } = typeof piece === "string" ? { style: undefined, text: piece } : piece;
    // Whether there are colours is known from the stream; Node's own check would look at standard output.
    return isColoured && style !== undefined
      ? styleText(style, printable(text), { validateStream: false })
      : printable(text);
  };
  return typeof line === "string" ? printable(line) : line.map(show).join("");
}
