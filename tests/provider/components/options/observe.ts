import type * as pulumi from "@pulumi/pulumi";
import { type Registered, runProgram } from "../../../helpers/pulumi-mocks";
import { cloudCall, cloudState } from "../cloud";
import type { Tree } from "./row";
import { makeRunner, type RunnerKind, TRUST_NAME } from "./runners";

/** All that can be seen of a runner from outside. */
export interface Observation {
  resources: Registered[];
  /** Warnings it logged. */
  log: string[];
  /** Look-ups it made. */
  calls: unknown[];
  /** Codes of what it was refused with; whatever has no code as it is. */
  refused: unknown[];
}

/**
 * Runs a program with one runner, and looks at all that comes of it.
 *
 * @param args a function is called inside of the program, where resources and Outputs can be made
 */
export async function observe(
  runner: RunnerKind,
  args: Tree | (() => Tree),
  { preview = false, name }: { preview?: boolean; name?: string } = {},
): Promise<Observation> {
  const calls: unknown[] = [];
  const call = (asked: pulumi.runtime.MockCallArgs) => {
    calls.push([asked.token, asked.inputs]);
    return answer(asked);
  };
  const { resources, log, errors } = await withoutStacks(() =>
    runProgram(() => makeRunner(runner, typeof args === "function" ? (args as () => Tree)() : args, name), {
      ...{ call, state, preview },
    }),
  );
  return {
    resources: resources.filter(({ name: own, parent }) => own !== TRUST_NAME && !parent?.endsWith(` ${TRUST_NAME}`)),
    log,
    calls,
    refused: errors.map(codeOf),
  };
}

/** The code of a refusal; anything else, which has none, as it is. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code ?? String(error);
}

/** Of every object that the API server has made. */
const UID = "3f1c9a52-6d0e-4b7a-9c41-0e5d8a2b7f60";

/** Name the provider gives to an object that has none. */
export function autoName(name: string): string {
  return `${name}-0a1b2c3d`;
}

function state(resource: pulumi.runtime.MockResourceArgs): Record<string, unknown> | undefined {
  const { type, name, inputs } = resource;
  if (!type.startsWith("kubernetes:")) {
    return type === "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
      ? { arn: providerArn(String(inputs.url)) }
      : cloudState(resource);
  }
  const metadata = inputs.metadata as Tree | undefined;
  return { metadata: { uid: UID, ...metadata, name: metadata?.name ?? autoName(name) } };
}

function answer(call: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  switch (call.token) {
    case "aws:eks/getCluster:getCluster":
      return { ...cloudCall(call), arn: `arn:aws:eks:eu-west-1:123456789012:cluster/${String(call.inputs.name)}` };
    case "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider":
      return { url: call.inputs.url, arn: providerArn(String(call.inputs.url)) };
    case "gcp:organizations/getProject:getProject":
      return { projectId: call.inputs.projectId, number: "123456789012" };
    default:
      return cloudCall(call);
  }
}

function providerArn(url: string): string {
  return `arn:aws:iam::123456789012:oidc-provider/${url.replace("https://", "")}`;
}

/** A stack is kept for each of Pulumi's promises, which takes most of a run's time; nobody looks at them here. */
async function withoutStacks<T>(action: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await action();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
