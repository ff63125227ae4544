import { inspect } from "node:util";
import { printable } from "../trust";

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
export function print(...lines: string[]): void {
  console.log(lines.map(printable).join("\n"));
}

/** Prints a value as JSON; what is escaped in it are characters of its texts, so it stays JSON. */
export function printJson(value: unknown, indent?: number): void {
  // Line ends are those of the indentation: in texts JSON escapes them.
  print(...JSON.stringify(value, undefined, indent).split("\n"));
}

/** Prints a text of several lines, or what was thrown, to standard error. */
export function printError(error: unknown): void {
  const text = typeof error === "string" ? error : inspect(error);
  console.error(text.split("\n").map(printable).join("\n"));
}
