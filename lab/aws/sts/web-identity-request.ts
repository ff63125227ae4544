import { ServiceError } from "../../providers/cloud";
import { isIamArn, parseArn } from "../arn";
import { checkPermissionPolicy } from "../policy-document";
import { StsRefusal, validationErrors } from "./refusal";

/** The parameters of `AssumeRoleWithWebIdentity`. */
export interface WebIdentityRequest {
  roleArn: string;
  /** Account of the role. */
  account: string;
  sessionName: string;
  token: string;
  /** 900 to 43200; default 3600. */
  seconds: number;
}

const SESSION_NAME = "[\\w+=,.@-]*";
const MAXIMUM_POLICY_CHARACTERS = 2048;
const MAXIMUM_POLICY_ARNS = 10;

/**
 * Reads the parameters and refuses what breaks their documented forms (STS API, `AssumeRoleWithWebIdentity`). Session
 * policies are checked and have no effect: the lab has no service that they could limit.
 */
export function readWebIdentityRequest(parameters: URLSearchParams): WebIdentityRequest {
  const roleArn = parameters.get("RoleArn");
  const sessionName = parameters.get("RoleSessionName");
  const token = parameters.get("WebIdentityToken");
  const duration = parameters.get("DurationSeconds");
  const seconds = duration === null ? 3600 : Number(duration);
  if (!Number.isInteger(seconds)) {
    throw new StsRefusal("MalformedInput", 400, "DurationSeconds is not an integer");
  }
  const errors = [
    ...lengthErrors("roleArn", roleArn, 20, 2048),
    ...lengthErrors("roleSessionName", sessionName, 2, 64),
    ...patternErrors("roleSessionName", sessionName),
    // The token is a secret: it is not repeated.
    ...lengthErrors("webIdentityToken", token, 4, 20_000, true),
    ...rangeErrors("durationSeconds", seconds, 900, 43_200),
  ];
  if (errors.length > 0 || roleArn === null || sessionName === null || token === null) {
    throw validationErrors(errors);
  }
  if (parameters.get("ProviderId") !== null) {
    // Documented for OAuth 2.0 access tokens of two providers only; what STS says otherwise is not.
    throw new StsRefusal("ValidationError", 400, "ProviderId must not be given with an OpenID Connect token");
  }
  const account = isIamArn(roleArn, "role") ? parseArn(roleArn)?.account : undefined;
  if (account === undefined) {
    throw new StsRefusal("ValidationError", 400, "Request ARN is invalid");
  }
  checkSessionPolicies(parameters);
  return { roleArn, account, sessionName, token, seconds };
}

function constraint(name: string, value: string | null, rule: string, secret = false): string {
  const shown = value === null ? "null" : `'${secret ? "***" : value}'`;
  return `Value ${shown} at '${name}' failed to satisfy constraint: Member must ${rule}`;
}

function lengthErrors(name: string, value: string | null, least: number, most: number, secret = false): string[] {
  if (value === null) {
    return [constraint(name, value, "not be null")];
  }
  const bound = value.length < least ? ["greater", least] : value.length > most ? ["less", most] : undefined;
  return bound === undefined
    ? []
    : [constraint(name, value, `have length ${bound[0]} than or equal to ${bound[1]}`, secret)];
}

function patternErrors(name: string, value: string | null): string[] {
  const fits = value === null || new RegExp(`^${SESSION_NAME}$`).test(value);
  return fits ? [] : [constraint(name, value, `satisfy regular expression pattern: ${SESSION_NAME}`)];
}

function rangeErrors(name: string, value: number, least: number, most: number): string[] {
  const bound = value < least ? ["greater", least] : value > most ? ["less", most] : undefined;
  return bound === undefined
    ? []
    : [constraint(name, `${value}`, `have value ${bound[0]} than or equal to ${bound[1]}`)];
}

function checkSessionPolicies(parameters: URLSearchParams): void {
  const policy = parameters.get("Policy");
  if (policy !== null) {
    const errors = lengthErrors("policy", policy, 1, MAXIMUM_POLICY_CHARACTERS);
    if (errors.length > 0) {
      throw validationErrors(errors);
    }
    try {
      checkPermissionPolicy(policy);
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      throw new StsRefusal(error.code, 400, error.message.slice(error.code.length + 2));
    }
  }
  const arns = [...parameters].filter(([name]) => /^PolicyArns\.member\.\d+\.arn$/.test(name)).map(([, arn]) => arn);
  if (arns.length > MAXIMUM_POLICY_ARNS) {
    const rule = `have length less than or equal to ${MAXIMUM_POLICY_ARNS}`;
    throw validationErrors([constraint("policyArns", `[${arns.length} ARNs]`, rule)]);
  }
  const bad = arns.find((arn) => !isIamArn(arn, "policy"));
  if (bad !== undefined) {
    throw new StsRefusal("ValidationError", 400, `${bad} is invalid`);
  }
}
