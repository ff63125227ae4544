/** Failures before anything was sent: no address, no connection, a certificate that is not trusted. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|EPROTO|ERR_SSL\w*|ERR_TLS\w*|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/;

const open = new WeakSet<object>();

/** Notes that an attempt of the request that ended in this error may have been carried out. Returns the error. */
export function markOpen<T>(error: T): T {
  open.add(error as object);
  return error;
}

/** Whether a request that failed so may have been carried out, in any of its attempts. */
export function mayHaveActed(error: unknown): boolean {
  return typeof error === "object" && error !== null && open.has(error);
}

/** Whether what `fetch` threw happened before the request was sent. fetch hides the reason in `cause`. */
export function neverSent(error: unknown): boolean {
  const { code, cause } = error as NodeJS.ErrnoException;
  return (typeof code === "string" && NEVER_SENT.test(code)) || (cause instanceof Error && neverSent(cause));
}
