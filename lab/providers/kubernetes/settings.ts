import { hasUnknown, type Properties, plain } from "../../../plugin/server";
import { OidcRunnerError } from "../../../trust";

/** The provider's configuration as far as the stand-in honours it. */
export interface KubernetesSettings {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  /** Namespace of objects that name none. Default: the kubeconfig context's. */
  namespace?: string;
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
  /** Take fields over from other managers on every update. */
  enablePatchForce: boolean;
  /** Let a create take over an object that exists already. */
  upsertExistingObjects: boolean;
  /** False during a preview in which the cluster is yet to be created. */
  known: boolean;
}

/** The settings that change which fields need a new object. */
export type DiffSettings = Pick<KubernetesSettings, "enableConfigMapMutable" | "enableSecretMutable">;

/** Reads the configuration, and the environment variables the official provider knows. */
export function readSettings(config: Properties, env: NodeJS.ProcessEnv = process.env): KubernetesSettings {
  const values = plain<Properties>(config);
  const text = (key: string) => (typeof values[key] === "string" && values[key] !== "" ? values[key] : undefined);
  const flag = (key: string, variable: string) => {
    const value = values[key] ?? env[variable];
    return value === true || value === "true";
  };
  if (text("renderYamlToDirectory") !== undefined) {
    throw new OidcRunnerError("LAB_UNSUPPORTED_ARGUMENT", "the lab's kubernetes provider does not render YAML", {
      where: "provider configuration kubernetes:renderYamlToDirectory",
    });
  }
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    enableConfigMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    enableSecretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    enablePatchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    known: !hasUnknown([values.kubeconfig, values.context, values.cluster, values.namespace]),
  };
}
