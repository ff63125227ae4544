/** What one runner is made of, as plain objects. */
export interface Objects {
  /** The scripts of all runners of the namespace, and what owns them. */
  scripts: object[];
  serviceAccount: object;
  /** The runner's own files, such as certificates. */
  configMap: object;
  job: object;
  /** The definition in the issuer's policy that admits it. */
  definition: object;
}

interface Resource {
  urn: string;
  type: string;
  inputs?: object;
}

interface Named {
  metadata: { name?: string; namespace?: string; labels?: object; annotations?: Record<string, string> };
}

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const AUTONAMED = "pulumi.com/autonamed";

/**
 * The objects of the only runner of a stack, from the stack's state, with `@NAME@` in place of each of the names: so that
 * they are the runner's own, however it comes to make them.
 *
 * @param names value in the state by name
 */
export function objectsOf(resources: Resource[], names: Record<string, string>): string {
  const inputs = (type: string, name = "") => {
    const [found, ...others] = resources.filter(({ type: its, urn }) => its === type && urn.endsWith(name));
    if (found?.inputs === undefined || others.length > 0) {
      throw new Error(`there is not exactly one ${type} ${name}: is a runner made of other objects now?`);
    }
    return found.inputs as Named;
  };
  const scripts = inputs(CONFIG_MAP, `::${names.NAMESPACE}-entrypoint`);
  const policy = inputs("pulumi-nodejs:dynamic/oidc-runner:OidcPolicy") as unknown as { policies: [object] };
  const objects: Objects = {
    scripts: [withoutMadeUpName(inputs(CONFIG_MAP, `::${names.NAMESPACE}-entrypoint-owner`)), named(scripts)],
    serviceAccount: withoutMadeUpName(inputs("kubernetes:core/v1:ServiceAccount")),
    configMap: inputs(CONFIG_MAP, `::${names.RUNNER}`),
    job: withoutMadeUpName(inputs("kubernetes:batch/v1:Job")),
    definition: policy.policies[0],
  };
  return Object.entries({ SCRIPTS: scripts.metadata.name as string, ...names }).reduce(
    (text, [name, value]) => text.replaceAll(value, `@${name}@`),
    JSON.stringify(objects),
  );
}

/** The scripts keep their name, by which the Jobs find them, and have no owner: its id is another one each time. */
function named({ metadata: { name, labels, namespace }, ...object }: Named): object {
  return { ...object, metadata: { name, namespace, labels } };
}

/** An object whose name the provider made up is given none, so that it makes up others. */
function withoutMadeUpName(object: Named): Named {
  const { name, annotations: { [AUTONAMED]: autonamed, ...annotations } = {}, ...metadata } = object.metadata ?? {};
  const named = autonamed === undefined ? { name } : {};
  return object.metadata === undefined ? object : { ...object, metadata: { ...metadata, ...named, annotations } };
}
