import { type CheckFailure, checkInputs, checksOf } from "../provider/resources";
import { checkApiUrl } from "../pulumi-cloud/api";
import { checkOrganization } from "../trust/policy";

/** Configuration of the provider: what resources and components take that do not say it themselves. */
export interface Configuration {
  /** Pulumi organization. Default: none, each resource names its own. */
  organization?: string;
  /** Base address of Pulumi Cloud's API. Default: the one logged in to, else https://api.pulumi.com. */
  apiUrl?: string;
  /** Access token for `apiUrl`. Default: the login's. */
  accessToken?: string;
  /** PEM certificates to trust besides the public authorities. */
  caCertificates?: string;
}

const KEYS = ["organization", "apiUrl", "accessToken", "caCertificates"] as const;

/** The configuration in what the engine sends, without secrets' wrapping. A text that is empty counts as none. */
export function configurationOf(sent: Record<string, unknown>): Configuration {
  const given = KEYS.flatMap((key) => (typeof sent[key] === "string" && sent[key] !== "" ? [[key, sent[key]]] : []));
  return Object.fromEntries(given) as Configuration;
}

const check = checksOf<Configuration>();

/** What is refused of a configuration. */
export function checkConfiguration(configuration: Configuration): CheckFailure[] {
  return checkInputs(configuration, [check.one("organization", checkOrganization), check.one("apiUrl", checkApiUrl)]);
}
