/** What one runner is made of, as plain objects. */
export interface Objects {
  serviceAccount: object;
  configMap: object;
  job: object;
  /** The definition in the issuer's policy that admits it. */
  definition: object;
}

interface Resource {
  type: string;
  inputs?: object;
}

interface Named {
  metadata: { name?: string; annotations?: Record<string, string> };
}

const AUTONAMED = "pulumi.com/autonamed";

/**
 * The objects of the only runner of a stack, from the stack's state, with `@NAME@` in place of each of the names: so that
 * they are the runner's own, however it comes to make them.
 *
 * @param names value in the state by name
 */
export function objectsOf(resources: Resource[], names: Record<string, string>): string {
  const inputs = (type: string) => {
    const [found, ...others] = resources.filter((resource) => resource.type === type);
    if (found?.inputs === undefined || others.length > 0) {
      throw new Error(`there is not exactly one ${type}: is a runner made of other objects now?`);
    }
    return withoutMadeUpName(found.inputs as Named);
  };
  const policy = inputs("pulumi-nodejs:dynamic/oidc-runner:OidcPolicy") as unknown as { policies: [object] };
  const objects: Objects = {
    serviceAccount: inputs("kubernetes:core/v1:ServiceAccount"),
    configMap: inputs("kubernetes:core/v1:ConfigMap"),
    job: inputs("kubernetes:batch/v1:Job"),
    definition: policy.policies[0],
  };
  return Object.entries(names).reduce(
    (text, [name, value]) => text.replaceAll(value, `@${name}@`),
    JSON.stringify(objects),
  );
}

/** An object whose name the provider made up is given none, so that it makes up others. */
function withoutMadeUpName(object: Named): Named {
  const { name, annotations: { [AUTONAMED]: autonamed, ...annotations } = {}, ...metadata } = object.metadata ?? {};
  const named = autonamed === undefined ? { name } : {};
  return object.metadata === undefined ? object : { ...object, metadata: { ...metadata, ...named, annotations } };
}
