import type { RequestsExample } from "../examples";
import { followRequests } from "../follow";
import { summariseRequests } from "../summary";
import { type ExampleResult, type Run, up } from "./run";

/** Makes a service and its clients, and holds the answers that these got against the example's table. */
export async function runRequests(run: Run, requests: RequestsExample): Promise<ExampleResult> {
  const { engine, lab, signal } = run;
  const isUp = await up(run, engine);
  const answers = await followRequests(requests, lab.kubeconfig, signal);
  const { audience, cloudRunUrl } = isUp ? await engine.outputs() : {};
  const account = summariseRequests({
    works: isUp && answers.every(({ isRight }) => isRight),
    service: audience as string | undefined,
    cloudRun: cloudRunUrl as string | undefined,
    answers,
  });
  return { account };
}
