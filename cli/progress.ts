import type { WriteStream } from "node:tty";
import { lineReport, type ToolchainReport } from "../tools/toolchain";
import { printable } from "../trust";
import { rendered, styled } from "./print";

/** A report that also says when the current step has ended. */
export interface Progress extends ToolchainReport {
  done(text: string): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;

/**
 * Draws progress: a line that changes on a terminal, plain lines anywhere else. The terminal stays as it is: in raw mode, as prompts
 * set it, Ctrl-C is a key and ends nothing.
 */
export function createProgress(stream: WriteStream): Progress {
  if (!stream.isTTY) {
    const write = (line: string) => stream.write(`${printable(line)}\n`);
    return { ...lineReport(write), done: write };
  }
  let title: string | undefined;
  let detail = "";
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    // Cut: what has wrapped can't be drawn over.
    const line = printable(`${title}${detail}`).slice(0, (stream.columns || 80) - 3);
    stream.write(`\r\u001b[K${rendered([styled("cyan", FRAMES[frame++ % FRAMES.length] as string)], stream)} ${line}`);
  };
  const finish = (text: string | undefined) => {
    clearInterval(timer);
    if (text !== undefined) {
      stream.write(`\r\u001b[K${rendered([styled("green", "✔"), ` ${text}`], stream)}\n`);
    }
    title = undefined;
    detail = "";
  };
  return {
    step(text) {
      finish(title);
      title = text;
      timer = setInterval(draw, FRAME_MS).unref();
      draw();
    },
    progress(text) {
      detail = `: ${text}`;
    },
    note(text) {
      finish(title);
      stream.write(`  note: ${printable(text)}\n`);
    },
    done: finish,
  };
}
