import { closeSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A line longer than this is stored in parts. */
const MAXIMUM_LINE_BYTES = 16_384;
const POLL_MS = 50;
const NEWLINE = 0x0a;

/**
 * Writes a container's output to a file (0600), one record a line: time, `F` for a full line or `P` for a part, text.
 * That is the CRI's format without the stream's name: both streams share one pipe, which keeps their order.
 */
export class LogWriter {
  readonly #file: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  /** Takes bytes as they come. */
  write(chunk: Buffer): void {
    const records: Buffer[] = [];
    const time = `${new Date().toISOString().replace("Z", "000000Z")} `;
    const record = (tag: string, text: Buffer) => records.push(Buffer.from(`${time}${tag} `), text, Buffer.from("\n"));
    let text = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = text.indexOf(NEWLINE);
      if (end >= 0 && end <= MAXIMUM_LINE_BYTES) {
        record("F", text.subarray(0, end));
        text = text.subarray(end + 1);
      } else if (text.length > MAXIMUM_LINE_BYTES) {
        record("P", text.subarray(0, MAXIMUM_LINE_BYTES));
        text = text.subarray(MAXIMUM_LINE_BYTES);
      } else {
        break;
      }
    }
    this.#rest = text;
    if (records.length > 0) {
      writeSync(this.#file, Buffer.concat(records));
    }
  }

  /** Writes an unfinished last line and closes the file. */
  end(): void {
    if (this.#rest.length > 0) {
      const time = new Date().toISOString().replace("Z", "000000Z");
      writeSync(this.#file, Buffer.concat([Buffer.from(`${time} P `), this.#rest, Buffer.from("\n")]));
    }
    closeSync(this.#file);
  }
}

/** What `kubectl logs` can ask for. */
export interface LogQuery {
  /** Go on until {@link readLog}'s `ended` says so. */
  follow?: boolean;
  /** Only the last lines. */
  tailLines?: number;
  /** Put the time before each line. */
  timestamps?: boolean;
  /** Only lines from this moment on. */
  since?: Date;
}

/**
 * Reads a log back as the container wrote it.
 *
 * @param ended whether the container has ended and everything is in the file
 */
export async function* readLog(
  path: string,
  query: LogQuery,
  ended: () => boolean,
): AsyncGenerator<string, void, void> {
  const file = await open(path, "r");
  let cut: Buffer = Buffer.alloc(0);
  try {
    let wanted = selectRecords(await readRecords(), query);
    let startsLine = true;
    for (;;) {
      for (const record of wanted) {
        const { time, full, text } = record;
        const stamp = query.timestamps === true && startsLine ? `${time} ` : "";
        startsLine = full;
        yield `${stamp}${text}${full ? "\n" : ""}`;
      }
      if (query.follow !== true) {
        return;
      }
      // Asked before reading: what was written until the end is then surely in the file.
      const last = ended();
      wanted = await readRecords();
      if (wanted.length === 0) {
        if (last) {
          return;
        }
        await sleep(POLL_MS);
      }
    }
  } finally {
    await file.close();
  }

  async function readRecords(): Promise<LogRecord[]> {
    const bytes = Buffer.concat([cut, await file.readFile()]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    cut = bytes.subarray(end); // a record that is being written now
    const records = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
    return records.map(parseRecord);
  }
}

interface LogRecord {
  time: string;
  full: boolean;
  text: string;
}

function parseRecord(line: string): LogRecord {
  const [, time = "", tag = "F", text = ""] = /^(\S+) ([FP]) (.*)$/s.exec(line) ?? [];
  return { time, full: tag === "F", text };
}

function selectRecords(records: LogRecord[], { since, tailLines }: LogQuery): LogRecord[] {
  const from = since?.toISOString();
  const recent = from === undefined ? records : records.filter(({ time }) => time >= from.slice(0, -1));
  if (tailLines === undefined) {
    return recent;
  }
  let start = recent.length;
  for (let lines = 0; start > 0; start--) {
    // A line ends with a full record; parts before it belong to it.
    const endsLine = recent[start - 1]!.full || start === recent.length;
    if (endsLine && lines++ === tailLines) {
      break;
    }
  }
  return recent.slice(start);
}
