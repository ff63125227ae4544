// The lab's innermost process: it starts every server, says when they are ready, and ends them. It runs as process 1 of
// its own namespaces (see isolation/), so that whatever it leaves behind ends with it.
import { readFileSync, rmSync } from "node:fs";
import { type ErrorCode, OidcRunnerError } from "../trust";
import type { LabOptions } from "./options";
import { identityFrom } from "./process-identity";
import { type RunningLab, runLab } from "./run-lab";
import type { LabState } from "./types";

/** What the supervisor tells who started it. */
export type SupervisorMessage =
  | { kind: "ready"; state: LabState }
  | { kind: "failed"; code: ErrorCode; message: string };

const options = JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as LabOptions;
let lab: RunningLab | undefined;
let stopping = false;

async function stop(code: number): Promise<void> {
  if (stopping) {
    return;
  }
  stopping = true;
  // The namespaces end what does not stop by itself, so a server that hangs only costs this long.
  setTimeout(() => process.exit(code), 3000).unref();
  await lab?.stop().catch((error: unknown) => console.error("stop:", (error as Error).message));
  rmSync(options.directory, { recursive: true, force: true });
  process.exit(code);
}

function tell(message: SupervisorMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send === undefined || !process.connected ? resolve() : process.send(message, () => resolve());
  });
}

async function main(): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => void stop(0));
  }
  process.on("disconnect", () => {
    // The process that started the lab is gone, by SIGKILL perhaps.
    if (!options.detached || lab === undefined) {
      void stop(0);
    }
  });
  try {
    lab = await runLab(options, identityFrom(process.env.OIDC_RUNNER_LAB_STAT ?? ""));
    await tell({ kind: "ready", state: lab.state });
    const failure = await lab.failed;
    console.error(failure.message);
    await tell({ kind: "failed", code: failure.code, message: failure.message });
    await stop(1);
  } catch (error) {
    const code = error instanceof OidcRunnerError ? error.code : "LAB_FAILED";
    await tell({ kind: "failed", code, message: (error as Error).message });
    await stop(1);
  }
}

void main();
