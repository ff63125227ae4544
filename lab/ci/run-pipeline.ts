import { parse } from "yaml";
import type { Claims } from "../../trust/claims";
import { runLines } from "../run-lines";
import type { Job, JobRequest } from "./ci";
import { type CiKey, ciSystem, type Pipeline } from "./systems";

/** What a job of a pipeline's file runs as. */
export interface PipelineRun {
  issuer: CiKey;
  pipeline: Pipeline;
  /** Claims of its tokens that differ from the example's; see `jobClaims`. */
  claims: Claims;
  /** Starts a job of the lab. */
  startJob(request: JobRequest): Promise<Job>;
  /** Working directory, and home. */
  directory: string;
  /** Variables besides the system's own. Its `PATH` is the one for commands that are not the system's. */
  environment: Record<string, string>;
  /** Told when a step begins. */
  onStep?(name: string): void;
  onLine?(line: string): void;
}

/** How it ended. */
export interface PipelineResult {
  /** Exit code of the last step that ran. */
  code: number;
  /** Name of that step. */
  step: string;
  /** Standard output and error of all steps, in order of arrival. */
  output: string;
}

/** What a pipeline's file says; undefined for a system without such files. */
export function readPipeline(issuer: CiKey, text: string): Pipeline | undefined {
  return ciSystem(issuer).pipeline?.(parse(text));
}

/**
 * Runs the steps of a pipeline one after the other, unchanged, with a token in the system's way, up to the first that fails. Each
 * is run by `sh -e`, whatever shell the system would take, because the steps are POSIX.
 */
export async function runPipeline(run: PipelineRun): Promise<PipelineResult> {
  const { issuer, claims, directory, pipeline } = run;
  const { steps, audience, variable } = pipeline;
  const job = await run.startJob({ issuer, claims, audience, variable });
  const { PATH = "/usr/bin:/bin" } = run.environment;
  const path = job.path === undefined ? PATH : `${job.path}:${PATH}`;
  const environment = { HOME: directory, ...run.environment, ...job.environment, PATH: path };
  const result: PipelineResult = { code: 0, step: "", output: "" };
  for (const { name, text, without = [] } of steps) {
    run.onStep?.(name);
    const seen = Object.entries(environment).filter(([variable]) => !without.includes(variable));
    result.step = name;
    result.code = await runLines(
      ["sh", "-e", "-c", text],
      { cwd: directory, env: Object.fromEntries(seen) },
      (line) => {
        result.output += `${line}\n`;
        run.onLine?.(line);
      },
    );
    if (result.code !== 0) {
      break;
    }
  }
  return result;
}
