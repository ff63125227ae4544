import type { ClusterShape } from "../../lab";
import type { Example } from "../examples";
import { followJob, followNearMiss } from "../follow";
import { type Line, styled } from "../print";
import { type StartResult, summarise } from "../summary";
import { type ExampleResult, type Run, up } from "./run";

/** Follows the Job of a runner, and then the same pod as another ServiceAccount. */
export async function runJob(run: Run): Promise<ExampleResult> {
  const { example, engine, lab, screen, signal } = run;
  const following = new AbortController();
  const log: string[] = [];
  let pod: string | undefined;
  const followed = followJob(
    lab.kubeconfig,
    {
      onPod: (podName) => {
        pod = podName;
        screen.said("job", `pod ${podName} runs`);
      },
      onLine: (line) => {
        log.push(line);
        screen.said("job", line);
      },
    },
    following.signal,
  );
  const isUp = await up(run, engine).finally(() => {
    // The Job has ended with `up`; without a pod there is nothing to wait for.
    if (pod === undefined || signal.aborted) {
      following.abort();
    }
    return followed;
  });
  if (!isUp) {
    return { account: summarise(resultOf(example, pod, log, {})) };
  }
  const outputs = await engine.outputs();
  const job = `${String(outputs.namespace)}/${String(outputs.workloadName)}`;
  screen.heading("A near miss", "the same pod as another ServiceAccount, which must be refused");
  const nearMiss = await followNearMiss(lab.kubeconfig, job, (line) => screen.said("near", nearLine(line)), signal);
  return { account: summarise({ ...resultOf(example, pod, log, outputs), nearMiss }), job };
}

function resultOf(
  { shape }: Example,
  pod: string | undefined,
  log: string[],
  outputs: Record<string, unknown>,
): StartResult {
  const found = (pattern: RegExp) => log.map((line) => pattern.exec(line)).find(Boolean);
  const exchange = found(/^oidc-runner: exchanged .* in (\d+) ms; it expires (.*)$/);
  const said = log.filter((line) => !line.startsWith("oidc-runner:") && line.trim() !== "");
  const cloud = CLOUDS[shape];
  return {
    pod,
    issuerId: outputs.issuerId as string | undefined,
    subject: outputs.subject as string | undefined,
    exchangeMs: exchange?.[1],
    expires: exchange?.[2],
    whoami: exchange ? said[0] : undefined,
    cloud:
      cloud === undefined
        ? undefined
        : { name: cloud, identity: found(/^(?:oidc-runner: this pod's )?\w+ identity: (\S+)/)?.[1] },
    nearMiss: undefined,
  };
}

/** A line of a refusal, by what it tells. */
function nearLine(line: string): Line {
  const colour = /REFUSED|DIFFERS| got: /.test(line) ? "red" : line.includes("Cause:") ? "yellow" : undefined;
  return colour === undefined ? line : [styled(colour, line)];
}

/** The cloud that an example's pod has an identity of. */
const CLOUDS: Partial<Record<ClusterShape, string>> = { eks: "AWS STS", gke: "Google metadata", aks: "Entra ID" };
