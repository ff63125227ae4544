import { OidcRunnerError } from "../../trust";

/** The parts of a Kubernetes `Status` object that say why a call failed. */
export interface StatusMessage {
  message?: string;
  /** Machine-readable, e.g. `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`. */
  reason?: string;
  details?: { name?: string; kind?: string; causes?: { field?: string; message?: string; reason?: string }[] };
}

/** The API server refused a call (code `KUBERNETES_API_REFUSED`). */
export class KubernetesApiError extends OidcRunnerError {
  /** HTTP status code. */
  readonly statusCode: number;
  /** The `Status` the server sent; empty when it sent something else. */
  readonly status: StatusMessage;

  constructor(method: string, path: string, statusCode: number, body: string) {
    const status = parseStatus(body);
    // /readyz lists what is well too (k8s.io/apiserver v0.36.3, pkg/server/healthz/healthz.go, handleRootHealth).
    const text = body.match(/^\[-\].*$/gm)?.join("; ") ?? body.trim();
    const what = status.message ?? (text.slice(0, 500) || `HTTP status ${statusCode}`);
    super("KUBERNETES_API_REFUSED", what, { where: `${method} ${path}, HTTP ${statusCode}` });
    this.name = "KubernetesApiError";
    this.statusCode = statusCode;
    this.status = status;
  }
}

function parseStatus(body: string): StatusMessage {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** Whether an error is the API server's answer with this HTTP status code. */
export function hasStatusCode(error: unknown, ...codes: number[]): error is KubernetesApiError {
  return error instanceof KubernetesApiError && codes.includes(error.statusCode);
}
