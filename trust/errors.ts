import type { ErrorCode } from "./error-codes";

/**
 * One line of text, or JSON, without the characters that a terminal acts on or hides (controls, line ends, directions of
 * writing): claims, documents and answers hold what others wrote. They become JSON's escapes, so that JSON stays JSON.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/**
 * An error a user can act on: a stable code, what happened, where, and how to fix it.
 *
 * Its text is one line, `CODE: what (at where). Fix: how`. The Pulumi runtime prints it without a stack trace because of
 * the `__pulumiRunError` mark (the one its own `RunError` carries); the mark is set by hand so that pure code needs no
 * Pulumi import.
 */
export class OidcRunnerError extends Error {
  /** Stable, upper-case name, e.g. `ORGANIZATION_EMPTY`. Programs may compare it; docs/errors.md has all. */
  readonly code: ErrorCode;
  /** What happened, without the rest. */
  readonly what: string;
  /** The argument, claim, resource or file the error is about, if there is one. */
  readonly where: string | undefined;
  /** What to do about it. */
  readonly fix: string | undefined;

  /** `output`: what a failed program printed; the only part that may have several lines, and comes last. */
  constructor(
    code: ErrorCode,
    what: string,
    details: { where?: string; fix?: string; cause?: unknown; output?: string } = {},
  ) {
    const where = details.where === undefined ? "" : ` (at ${details.where})`;
    const fix = details.fix === undefined ? "" : `. Fix: ${details.fix}`;
    const output = details.output === undefined ? "" : `\n${details.output.split("\n").map(printable).join("\n")}`;
    // Values and answers that are quoted may hold line ends.
    const line = printable(`${code}: ${what}${where}${fix}`.replace(/\s*[\r\n]+\s*/g, " "));
    super(line + output, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "OidcRunnerError";
    this.code = code;
    this.what = what;
    this.where = details.where;
    this.fix = details.fix;
    // No frames: what is wrong is outside this package, and the message says where. Besides, Node 20 needs half a minute
    // to colour a frame such as `node_modules/@pulumi/output.ts`, and the Pulumi runtime colours every error it sees.
    // Without the class's name, because the runtime prints the stack of what is rejected after the program's end.
    this.stack = this.message;
    keepPlain(this, this.message);
    Object.defineProperty(this, "__pulumiRunError", { value: true, enumerable: false });
  }
}

/**
 * Drops what the Pulumi runtime puts before the message on the way of a rejected Output, a path of its own objects
 * (`error serializing property "data": …`, once for each). Any other change counts: secrets are cut out this way.
 */
function keepPlain(error: Error, text: string): void {
  let current = text;
  Object.defineProperty(error, "message", {
    get: () => current,
    set: (value: string) => {
      current = value.startsWith("error serializing property ") && value.endsWith(current) ? current : value;
    },
    enumerable: false,
    configurable: true,
  });
}

/** What to throw when a package could not be loaded: `PEER_MISSING` if it is not installed, else the error as it is. */
export function loadingError(packageName: string, error: unknown): unknown {
  const { code = "", message } = error as NodeJS.ErrnoException;
  // Only the first line names what is missing; the others say who asked for it.
  const [line = ""] = message.split("\n");
  const isMissing = ["'", "/"].some((end) => line.includes(`'${packageName}${end}`));
  return isMissing && ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(code)
    ? new OidcRunnerError("PEER_MISSING", `the package ${packageName} is not installed`, {
        where: "package.json",
        fix: `npm install ${packageName}`,
      })
    : error;
}
