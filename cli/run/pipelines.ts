import { putEnvironments } from "../../lab";
import type { PipelineExample } from "../examples";
import { followPipeline } from "../follow";
import { summariseAttempts } from "../summary";
import { type ExampleResult, type Run, up } from "./run";

/** Runs the trusted job of a pipeline, and those that resemble it. */
export async function runPipelines(run: Run, pipeline: PipelineExample): Promise<ExampleResult> {
  const { engine, lab, screen, signal } = run;
  if (!(await up(run, engine))) {
    return { account: summariseAttempts("pipeline", { trust: undefined }) };
  }
  const { issuerId } = await engine.outputs();
  await putEnvironments(lab, [{ project: "default", name: "dev" }]);
  screen.heading("The pipeline's steps", pipeline.issuer);
  const jobs = await followPipeline(pipeline, lab, signal, {
    onStep: (step) => screen.said("step", step),
    onLine: (line) => screen.said("job", line),
  });
  return { account: summariseAttempts("pipeline", { trust: `issuer ${String(issuerId)}`, ...jobs }) };
}
