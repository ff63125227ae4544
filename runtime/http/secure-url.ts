import { OidcRunnerError } from "../../trust";

/** Addresses of this machine alone, as `URL.hostname` has them. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * A URL that tokens may be sent to, or keys be read from: `https://`, or `http://` on loopback. User names and fragments are
 * refused.
 *
 * @throws OidcRunnerError `API_URL_INVALID`, `API_URL_INSECURE`
 */
export function secureUrl(text: string, where: string): URL {
  if (!URL.canParse(text)) {
    throw new OidcRunnerError("API_URL_INVALID", `"${text}" is not a URL`, {
      where,
      fix: "give an address such as https://service.example.com",
    });
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw new OidcRunnerError("API_URL_INVALID", `"${url.origin}" is given with a user name or a fragment`, {
      where,
      fix: "give the address without them",
    });
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOOPBACK.test(url.hostname))) {
    throw new OidcRunnerError("API_URL_INSECURE", `${url.origin} would be reached without TLS`, {
      where,
      fix: "use https://; http:// is for loopback only",
    });
  }
  return url;
}
