/** The part of `fetch` that is used; the global one fits, and tests and proxies bring their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Milliseconds since the epoch. */
export type Clock = () => number;
