import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Connection } from "../../../pulumi-cloud/api/connect";
import { packageRoot } from "../../../tools/toolchain/package-root";
import type { PolicyDefinition } from "../../../trust/policy/model";

/** What a stack is to do. */
export interface Job {
  connection: Connection;
  issuerId: string;
  updates: PolicyDefinition[][];
}

/** What it has in state in the end, and with which codes its updates failed on the way. */
export interface Result {
  wanted: PolicyDefinition[];
  failures: string[];
}

/** Runs a stack in a process of its own. */
export async function runWorker(job: Job, accessToken: string, home: string): Promise<Result> {
  const child = spawn(process.execPath, [join(packageRoot(), "tests", "pulumi-cloud", "processes", "worker.mjs")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: job.connection.apiUrl,
      PULUMI_ACCESS_TOKEN: accessToken,
      WORKER_JOB: JSON.stringify(job),
    },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  assert.equal(child.exitCode, 0, errors);
  return JSON.parse(output) as Result;
}
