import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { OidcRunnerError } from "../../../trust";
import { perRun } from "./per-run";

/** What a resource is given so that its failure is explained. */
export interface Explained {
  hooks?: pulumi.ResourceHookBinding;
}

/** Says what to do about an error, from the groups of its pattern and the inputs of the resource that failed. */
export type Explain = (groups: string[], inputs: Record<string, unknown>) => OidcRunnerError;

const hooksOfRun = perRun(() => new Map<string, Explained>());

/**
 * Makes a failed `pulumi up` say what to do about an error in which another package's provider only says what is wrong, once for all
 * resources that fail of it. Nothing is said where the CLI or the SDK knows no error hooks (pulumi/pulumi,
 * sdk/nodejs/resource.ts, ErrorHook; not in 3.200.0), nor in tests with mocks, whose monitor has none.
 *
 * @param name the hook's, one for each explanation of a run
 * @param pattern of the provider's error
 */
export function explained(name: string, pattern: RegExp, explain: Explain): Explained {
  const hooks = hooksOfRun();
  const existing = hooks.get(name);
  if (existing !== undefined) {
    return existing;
  }
  const made = explanation(name, pattern, explain);
  hooks.set(name, made);
  return made;
}

function explanation(name: string, pattern: RegExp, explain: Explain): Explained {
  const { ErrorHook } = pulumi as Partial<typeof pulumi>;
  if (ErrorHook === undefined || !supportsErrorHooks()) {
    return {};
  }
  const told = new Set<string>();
  // Called from a server of the SDK's, which is outside of the run that the log belongs to.
  const log = AsyncResource.bind((text: string) => void pulumi.log.error(text));
  const hook = new ErrorHook(`oidc-runner-${name}`, ({ errors: [newest = ""], newInputs = {} }) => {
    const [all, ...groups] = pattern.exec(newest) ?? [];
    const text = all === undefined ? undefined : explain(groups, newInputs).message;
    if (text !== undefined && !told.has(text)) {
      told.add(text);
      log(text);
    }
    return false;
  });
  return { hooks: { onError: [onceInRun(hook)] } };
}

/**
 * Takes a hook for registered that the run has already: by another copy of this package in the program, or by another plugin. It says the
 * same, and the engine takes a name once (pulumi/pulumi at v3.259.0, pkg/resource/deploy/resource_hooks.go, RegisterErrorHook).
 */
function onceInRun(hook: pulumi.ErrorHook): pulumi.ErrorHook {
  // What registrations of resources wait for (3.248.0, resource.js and runtime/resource.js, prepareHooks).
  const waited = hook as unknown as { __registered: Promise<void> };
  waited.__registered = Promise.resolve(waited.__registered).catch((error: Error) => {
    if (!error.message.includes("already registered")) throw error;
  });
  return hook;
}

/** Internals of the SDK (3.248.0, runtime/state.js and runtime/mocks.js): without them there are no hooks. */
function supportsErrorHooks(): boolean {
  const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore?(): { supportsErrorHooks?: boolean } };
  const monitor = pulumi.runtime.getMonitor() as { registerErrorHook?: unknown } | undefined;
  return getStore?.().supportsErrorHooks === true && monitor?.registerErrorHook !== undefined;
}
