import { ServiceError } from "../providers/cloud";

/** What IAM answers when a parameter breaks its documented form. */
export function validationError(parameter: string, value: string | number, constraint: string): ServiceError {
  return new ServiceError(
    "ValidationError",
    400,
    `1 validation error detected: Value '${value}' at '${parameter}' failed to satisfy constraint: ${constraint}`,
  );
}

/** What IAM answers about something that does not exist. */
export function noSuchEntity(message: string): ServiceError {
  return new ServiceError("NoSuchEntity", 404, message);
}

/** What IAM answers to a second one of the same name. */
export function alreadyExists(message: string): ServiceError {
  return new ServiceError("EntityAlreadyExists", 409, message);
}

/** What IAM answers to a policy it cannot use. */
export function malformed(message: string): ServiceError {
  return new ServiceError("MalformedPolicyDocument", 400, message);
}

/** What IAM answers beyond a quota. */
export function limitExceeded(quota: string, limit: number): ServiceError {
  return new ServiceError("LimitExceeded", 409, `Cannot exceed quota for ${quota}: ${limit}`);
}
