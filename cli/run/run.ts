import type { LabState } from "../../lab";
import type { Engine } from "../../lab/engine";
import type { Example } from "../examples";
import { engineLine, type Screen } from "../screen";
import type { Account } from "../summary";

/** The run of an example. */
export interface Run {
  example: Example;
  /** Folder that examples are in. */
  root: string;
  lab: LabState;
  /** The example's stack, not up yet. */
  engine: Engine;
  screen: Screen;
  signal: AbortSignal;
}

/** What a run of an example showed. */
export interface ExampleResult {
  account: Account;
  /** `NAMESPACE/NAME` of its Job, if it has one that logs in. */
  job?: string;
}

/** Brings a stack of the example up, and tells what the engine does. */
export async function up({ screen, signal }: Run, engine: Engine): Promise<boolean> {
  const { code } = await engine.up([], (line) => {
    const shown = engineLine(line);
    if (shown !== undefined) {
      screen.said("pulumi", shown);
    }
  });
  signal.throwIfAborted();
  return code === 0;
}
