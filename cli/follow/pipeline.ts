import { mkdirSync, mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { type LabState, startCiJob } from "../../lab";
import { ciSystem, givenClaims, jobClaims, type Pipeline, readPipeline, runPipeline } from "../../lab/ci";
import { issuerByKey } from "../../trust/issuers";
import { evaluate } from "../../trust/parties/pulumi";
import { pulumiAudience } from "../../trust/policy";
import type { Attempt, Attempts } from "../attempt";
import { generate, takeKnown } from "../ci";
import type { PipelineExample } from "../examples";

/** What is told while pipelines run. */
export interface PipelineListener {
  onStep(name: string): void;
  onLine(line: string): void;
}

/**
 * Runs the steps of an example's pipeline as `ci init` makes them for the lab, for the job that its program trusts and then for
 * those that resemble it. What is shown of a refused one are the claims that its policy refuses.
 */
export async function followPipeline(
  example: PipelineExample,
  state: LabState,
  signal: AbortSignal,
  listener: PipelineListener,
): Promise<Attempts> {
  const { issuer, options } = example;
  const work = join(state.directory, "ci-jobs");
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const made = await generate(issuer, { ...options, apiUrl: state.pulumiCloud.url }, { root: work }, takeKnown);
  const pipeline = readPipeline(issuer, made.files[0]?.text ?? "") as Pipeline;
  const mask = issuerByKey(issuer).ci?.maskPrefix;

  const run = async (name: string, texts: string[], told?: PipelineListener): Promise<Attempt> => {
    signal.throwIfAborted();
    const { claims } = givenClaims(issuer, texts);
    const { code, output } = await runPipeline({
      ...{ issuer, pipeline, claims },
      startJob: (request) => startCiJob(state, request),
      directory: mkdtempSync(join(work, "job-")),
      environment: {
        PATH: `${dirname(state.pulumiCli.path)}:${process.env.PATH}`,
        SSL_CERT_FILE: state.ca,
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
      onStep: told?.onStep,
      // The system takes such a line for itself.
      onLine: (line) => (mask === undefined || !line.startsWith(mask)) && told?.onLine(line),
    });
    const token = jobClaims(ciSystem(issuer), { aud: pulumiAudience(String(options.organization)), ...claims });
    const { considered } = evaluate(made.definitions, token, { tokenType: "organization" });
    const [nearest] = considered.sort((one, other) => one.failures.length - other.failures.length);
    if (code === 0) {
      return { name, outcome: "admitted", shown: [name] };
    }
    const refusedFor = nearest?.failures.map(({ path }) => path) ?? [];
    return { name, outcome: /access_denied/.test(output) ? "refused" : "failed", shown: refusedFor };
  };

  const wanted = await run(example.job.join(" "), example.job, listener);
  const nearMisses: Attempt[] = [];
  for (const { name, claims } of example.nearMisses) {
    nearMisses.push(await run(name, [...example.job, ...claims]));
  }
  return { wanted, nearMisses };
}
