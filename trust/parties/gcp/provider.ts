import { OidcRunnerError } from "../../errors";

/** A workload identity pool provider with the members of the binding that is to admit the token. */
export interface GcpProvider {
  issuerUri: string;
  allowedAudiences: string[];
  attributeMapping: Record<string, string>;
  attributeCondition: string | undefined;
  members: string[];
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID`, if it is known. */
  name: string | undefined;
  disabled: boolean;
}

const KEYS = ["issuerUri", "allowedAudiences", "attributeMapping", "attributeCondition", "members", "name", "disabled"];
/** What Google's API answers besides, and what decides nothing. */
const IGNORED = ["displayName", "description", "jwksJson"];
const NAME = /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+\/providers\/[a-z0-9-]+$/;
const MAPPED_KEY = /^(google\.subject|google\.groups|attribute\.[a-z0-9_]{1,100})$/;

/**
 * Reads what `explain` takes for Google Cloud, within the limits of Google's API (IAM API reference,
 * "projects.locations.workloadIdentityPools.providers"): 10 audiences of 256 characters, 50 custom attributes.
 *
 * @throws OidcRunnerError `GCP_PROVIDER_INVALID`
 */
export function readProvider(document: unknown): GcpProvider {
  if (!isObject(document)) {
    throw invalid("it is not an object", undefined);
  }
  const unknown = Object.keys(document).find((key) => !KEYS.includes(key) && !IGNORED.includes(key));
  if (unknown !== undefined) {
    throw invalid(`"${unknown}" is not one of its fields`, unknown);
  }
  const { issuerUri, allowedAudiences = [], attributeMapping, attributeCondition, members = [] } = document;
  const { name, disabled = false } = document;
  if (typeof issuerUri !== "string" || !issuerUri.startsWith("https://")) {
    throw invalid("it needs the issuer's https URL", "issuerUri");
  }
  if (
    !isTexts(allowedAudiences) ||
    allowedAudiences.length > 10 ||
    allowedAudiences.some(({ length }) => length > 256)
  ) {
    throw invalid("allowedAudiences are up to 10 texts of 256 characters", "allowedAudiences");
  }
  if (attributeCondition !== undefined && typeof attributeCondition !== "string") {
    throw invalid("attributeCondition is an expression", "attributeCondition");
  }
  if (!isTexts(members)) {
    throw invalid("members are a list of texts", "members");
  }
  if (name !== undefined && (typeof name !== "string" || !NAME.test(name))) {
    throw invalid("a provider's name is projects/NUMBER/…/providers/ID", "name");
  }
  if (typeof disabled !== "boolean") {
    throw invalid("disabled is true or false", "disabled");
  }
  return {
    issuerUri,
    allowedAudiences,
    attributeMapping: readMapping(attributeMapping),
    // Google's API leaves out a text that is empty.
    attributeCondition: attributeCondition === "" ? undefined : attributeCondition,
    members,
    name,
    disabled,
  };
}

function readMapping(mapping: unknown): Record<string, string> {
  if (!isObject(mapping) || !Object.hasOwn(mapping, "google.subject")) {
    throw invalid("the mapping needs google.subject", "attributeMapping");
  }
  const entries = Object.entries(mapping);
  const custom = entries.filter(([key]) => key.startsWith("attribute."));
  if (custom.length > 50) {
    throw invalid(`it maps ${custom.length} custom attributes, of 50 at most`, "attributeMapping");
  }
  return Object.fromEntries(
    entries.map(([key, expression]) => {
      if (!MAPPED_KEY.test(key)) {
        throw invalid(
          "attributes are google.subject, google.groups and attribute.NAME, of a-z, 0-9 and _, 100 at most",
          `attributeMapping["${key}"]`,
        );
      }
      if (typeof expression !== "string") {
        throw invalid("an attribute is mapped by an expression", `attributeMapping["${key}"]`);
      }
      return [key, expression];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function invalid(what: string, where: string | undefined): OidcRunnerError {
  return new OidcRunnerError("GCP_PROVIDER_INVALID", `this is not a workload identity pool provider: ${what}`, {
    ...(where !== undefined && { where }),
    fix: 'give {"issuerUri":…,"allowedAudiences":[…],"attributeMapping":{"google.subject":"assertion.sub"},"attributeCondition":…,"members":["principal://…"]}',
  });
}
