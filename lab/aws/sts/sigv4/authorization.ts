import { StsRefusal } from "../refusal";

/** What the header `Authorization` of Signature Version 4 says. */
export interface Authorization {
  accessKeyId: string;
  /** Credential scope: `YYYYMMDD`, region, service, terminator. */
  date: string;
  region: string;
  service: string;
  terminator: string;
  /** Lower-case names. */
  signedHeaders: string[];
  /** Lower-case hex. */
  signature: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** Reads the header; refuses one that is missing, of another kind or incomplete. */
export function readAuthorization(header: string | undefined): Authorization {
  if (header === undefined || header === "") {
    throw new StsRefusal("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
  }
  const [algorithm = "", ...rest] = header.trim().split(" ");
  if (algorithm !== ALGORITHM) {
    // The header itself is not repeated: it may be another kind of credential.
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm.slice(0, 40)}'.`);
  }
  const fields = new Map(
    rest
      .join(" ")
      .split(",")
      .map((field) => {
        const [name = "", ...value] = field.trim().split("=");
        return [name, value.join("=")] as const;
      }),
  );
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => (fields.get(name) ?? "") === "");
  if (missing.length > 0) {
    throw incomplete(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "));
  }
  const credential = (fields.get("Credential") ?? "").split("/");
  if (credential.length !== 5) {
    const form = "access-key/YYYYMMDD/region/service/aws4_request";
    throw incomplete(`Credential must have exactly 5 slash-delimited elements, e.g. ${form}.`);
  }
  const [accessKeyId = "", date = "", region = "", service = "", terminator = ""] = credential;
  const signedHeaders = (fields.get("SignedHeaders") ?? "").split(";");
  return { accessKeyId, date, region, service, terminator, signedHeaders, signature: fields.get("Signature") ?? "" };
}

/** What AWS answers to an authorization that lacks something. */
export function incomplete(message: string): StsRefusal {
  return new StsRefusal("IncompleteSignature", 400, message);
}
