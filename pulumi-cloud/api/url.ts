/**
 * An API's address in the one way of writing that state holds, without final slashes, default port or query: another notation
 * of the same address must replace no resource. What is no address stays as it is, for the check to refuse.
 */
export function normalApiUrl(url: string): string {
  if (!URL.canParse(url)) {
    return url;
  }
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, "");
}
