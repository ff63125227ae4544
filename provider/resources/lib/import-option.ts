import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";

/**
 * Takes the option `import` away from the engine. An engine's import reads without properties, which a dynamic provider
 * can't answer: it finds its own code in them. The id goes to `create` as the input `importId` instead.
 *
 * `DynamicResource` calls this for both resources. What `create` does with `importId`: `OidcIssuer` uses the issuer of that id
 * and owns it; for `OidcPolicy` (`organization/issuerId/policyId`) it is what `adopt` is for its definitions. It is left out
 * of the outputs and of the diff, so that nothing changes when the option is removed again.
 */
export function takeImport(options: pulumi.CustomResourceOptions | undefined): {
  importId: string | undefined;
  options: pulumi.CustomResourceOptions | undefined;
} {
  if (options?.import === undefined) {
    return { importId: undefined, options };
  }
  const { import: importId, ...rest } = options;
  return { importId, options: rest };
}

/**
 * The parts of an id to import, `organization/issuerId` (2) or `organization/issuerId/policyId` (3).
 *
 * @throws OidcRunnerError `IMPORT_ID_INVALID` for another form, and for another organization's.
 */
export function parseImportId(id: string, parts: 2 | 3, organization?: string): string[] {
  const found = id.split("/");
  const form = ["organization", "issuerId", "policyId"].slice(0, parts).join("/");
  if (found.length !== parts || found.some((part) => !/^[\w.-]+$/.test(part) || /^\.+$/.test(part))) {
    throw new OidcRunnerError("IMPORT_ID_INVALID", `"${id}" is not an id that can be imported`, {
      where: "import",
      fix: `give ${form}, as in "acme/0f6c1a3e-9a55-4d0e-9f0e-6a2f0c1d7b11${parts === 3 ? "/7b1e4c52-6f0a-4a39-8d3e-2f4b5a6c7d8e" : ""}"`,
    });
  }
  if (organization !== undefined && found[0] !== organization) {
    throw new OidcRunnerError("IMPORT_ID_INVALID", `"${id}" belongs to another organization than ${organization}`, {
      where: "import",
      fix: `give an id that begins with ${organization}/, or change organization`,
    });
  }
  return found;
}
