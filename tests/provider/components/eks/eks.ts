import type { runtime } from "@pulumi/pulumi";
import { EksOidcRunner, type EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { type MockedRun, type MockOptions, runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, cloudCall, ISSUER } from "../cloud";
import { only } from "../pick";

/** A runner on the cluster of {@link ISSUER}, unless another is given. */
export function eksRunner(args: Partial<EksOidcRunnerArgs> = {}, name = "deployer"): EksOidcRunner {
  return new EksOidcRunner(name, {
    organization: "acme",
    accessToken: { organization: {} },
    cluster: { issuerUrl: ISSUER },
    namespace: "pulumi",
    apiUrl: API,
    ...args,
  });
}

/** Runs a program, and lists the look-ups it made. */
export async function runEks<T>(
  program: () => T,
  options: MockOptions = {},
): Promise<MockedRun<T> & { calls: string[] }> {
  const calls: string[] = [];
  const answer = options.call ?? cloudCall;
  const call = (args: runtime.MockCallArgs) => {
    const about: unknown = args.inputs.name ?? args.inputs.url;
    calls.push(`${args.token.split(":").pop()} ${String(about)}`);
    return answer(args);
  };
  const run = await runProgram(program, { ...cloud, ...options, call });
  return { ...run, calls };
}

/** Codes of what a program was refused with. */
export function codesOf({ errors }: MockedRun<unknown>): unknown[] {
  return errors.map((error) => (error as { code?: string }).code ?? error);
}

/** The trust policy of the one role. */
export function trustPolicyOf(run: MockedRun<unknown>): { Statement: Record<string, unknown>[] } {
  return JSON.parse(String(only(run, "Role").inputs.assumeRolePolicy)) as { Statement: Record<string, unknown>[] };
}

/** The pod's variables, volumes and labels. */
export function podPartsOf(run: MockedRun<unknown>): {
  env: Record<string, string>;
  volumes: { name: string; projected?: { sources: { serviceAccountToken: Record<string, unknown> }[] } }[];
  labels: Record<string, string>;
} {
  const { template } = only(run, "Job").inputs.spec as { template: never };
  const { metadata, spec } = template as {
    metadata: { labels: Record<string, string> };
    spec: { containers: [{ env: { name: string; value: string }[] }]; volumes: never };
  };
  const env = Object.fromEntries(spec.containers[0].env.map(({ name, value }) => [name, value]));
  return { env, volumes: spec.volumes, labels: metadata.labels };
}
