import type { WriteStream } from "node:tty";
import { lineReport, type ToolchainReport } from "../tools/toolchain";
import { printable } from "../trust";

/** A report that also says when the current step has ended. */
export interface Progress extends ToolchainReport {
  done(text: string): void;
}

/** Draws progress: a spinner on a terminal, plain lines anywhere else. */
export async function createProgress(stream: WriteStream): Promise<Progress> {
  if (!stream.isTTY) {
    const write = (line: string) => stream.write(`${printable(line)}\n`);
    return { ...lineReport(write), done: write };
  }
  const { spinner } = await import("@clack/prompts");
  let current: ReturnType<typeof spinner> | undefined;
  let title = "";
  const finish = (text?: string) => {
    current?.stop(text === undefined ? title : printable(text));
    current = undefined;
  };
  return {
    step(text) {
      finish();
      title = printable(text);
      current = spinner({ output: stream });
      current.start(title);
    },
    progress(text) {
      current?.message(`${title}: ${printable(text)}`);
    },
    note(text) {
      finish();
      stream.write(`   note: ${printable(text)}\n`);
    },
    done(text) {
      finish(text);
    },
  };
}
