/** Status codes of Google's APIs (google.rpc.Code) and the HTTP status each is sent with. */
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

/** Name of a status code of Google's APIs. */
export type GcpStatus = keyof typeof HTTP_STATUS;

/** A refusal of one of Google's APIs in the form they all share (AIP-193). */
export class GcpApiError extends Error {
  readonly httpStatus: (typeof HTTP_STATUS)[GcpStatus];

  /** @param info `reason` and `metadata` of the `ErrorInfo` in the details, where the service sends one. */
  constructor(
    readonly status: GcpStatus,
    message: string,
    readonly info?: { reason: string; metadata: Record<string, string> },
  ) {
    super(message);
    this.httpStatus = HTTP_STATUS[status];
  }

  /** The JSON body. */
  body(): object {
    const { httpStatus: code, message, status, info } = this;
    const details = info && [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", domain: "iam.googleapis.com", ...info },
    ];
    return { error: { code, message, status, ...(details && { details }) } };
  }
}

/** The error that goes with an HTTP status, for a fault. */
export function errorOfStatus(httpStatus: number): GcpApiError {
  const [status] = Object.entries(HTTP_STATUS).find(([, code]) => code === httpStatus) ?? ["INTERNAL"];
  return new GcpApiError(status as GcpStatus, "fault");
}
