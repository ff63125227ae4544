import { OidcRunnerError } from "./errors";
import { isLoopback } from "./loopback";

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
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(text))) {
    throw new OidcRunnerError("API_URL_INSECURE", `${url.origin} would be reached without TLS`, {
      where,
      fix: "use https://; http:// is for loopback only",
    });
  }
  return url;
}
