import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { perRun } from "../lib";

/** What an object that goes into a namespace is given. */
export interface NamespaceHooks {
  hooks?: pulumi.ResourceHookBinding;
}

/**
 * Makes a failed `pulumi up` say what to do about a namespace that is missing, because the Kubernetes provider only says
 * `namespaces "NAME" not found`, after a minute in which it waits for somebody to make it. It can't be told at preview: the
 * namespace may be made by the same program, or need rights to be read that who deploys lacks.
 *
 * Nothing is said where the CLI or the SDK knows no error hooks (pulumi/pulumi, sdk/nodejs/resource.ts, ErrorHook; not in 3.200.0),
 * nor in tests with mocks, whose monitor has none.
 */
export const namespaceHooks = perRun((): NamespaceHooks => {
  const { ErrorHook } = pulumi as Partial<typeof pulumi>;
  if (ErrorHook === undefined || !supportsErrorHooks()) {
    return {};
  }
  const told = new Set<string>();
  // Called from a server of the SDK's, which is outside of the run that the log belongs to.
  const tell = AsyncResource.bind((namespace: string) => void pulumi.log.error(missing(namespace).message));
  const hook = new ErrorHook("oidc-runner-missing-namespace", ({ errors: [newest = ""] }) => {
    const [, namespace] = /namespaces "([^"]+)" not found/.exec(newest) ?? [];
    if (namespace !== undefined && !told.has(namespace)) {
      told.add(namespace);
      tell(namespace);
    }
    return false;
  });
  return { hooks: { onError: [hook] } };
});

function missing(namespace: string): OidcRunnerError {
  return new OidcRunnerError("NAMESPACE_MISSING", `the cluster has no namespace ${namespace}`, {
    where: "namespace",
    fix: `set createNamespace: true, or make it with \`kubectl create namespace ${namespace}\`, and run \`pulumi up\` again`,
  });
}

/** Internals of the SDK (3.248.0, runtime/state.js and runtime/mocks.js): without them there are no hooks. */
function supportsErrorHooks(): boolean {
  const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore?(): { supportsErrorHooks?: boolean } };
  const monitor = pulumi.runtime.getMonitor() as { registerErrorHook?: unknown } | undefined;
  return getStore?.().supportsErrorHooks === true && monitor?.registerErrorHook !== undefined;
}
