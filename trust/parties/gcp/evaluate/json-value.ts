import type { CelInput } from "@bufbuild/cel";
import { OidcRunnerError } from "../../../errors";
import { celLibrary } from "./cel-library";

/** Deepest nesting of claims, that of Protocol Buffers, in which Google's services hold JSON. */
const DEEPEST = 100;

/**
 * A JSON value as CEL sees it: objects are maps, and every number is a double (CEL language definition, "JSON Data
 * Conversion"). Maps are built here, because the library takes an object for one by the name of its `constructor`, which
 * claims may hold; and they have a key whose value is null, which the library denies (`has`, `in`: "is a key in the map").
 *
 * @throws OidcRunnerError `GCP_CLAIMS_INVALID` for claims nested more than 100 deep.
 */
export function jsonValue(value: unknown, depth = 0): CelInput {
  if (depth > DEEPEST) {
    throw new OidcRunnerError("GCP_CLAIMS_INVALID", `claims are nested more than ${DEEPEST} deep`, {
      fix: "give the claims of a real token",
    });
  }
  if (Array.isArray(value)) {
    return value.map((item) => jsonValue(item, depth + 1));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, entry]): [string, CelInput] => [key, jsonValue(entry, depth + 1)]);
    const map = celLibrary().celMap(new Map(entries));
    const has = (key: unknown) => typeof key === "string" && Object.hasOwn(value, key);
    return Object.defineProperty(map, "has", { value: has });
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
