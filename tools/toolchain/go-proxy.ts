import { OidcRunnerError } from "../../trust";
import { isReachable, withoutUserInfo } from "./download";

/**
 * Sees that Go can fetch modules at all, before it tries: Go retries a silent proxy for minutes.
 *
 * @param proxies value of `GOPROXY`: entries separated by `,` (the next is asked when one lacks a module) or `|` (also
 *   when it cannot be reached)
 * @throws OidcRunnerError `TOOLCHAIN_NO_NETWORK`, naming what is missing
 */
export async function assertProxyReachable(proxies: string, label: string, tried: string[]): Promise<void> {
  const silent: string[] = [];
  for (const [, entry = "", separator] of proxies.matchAll(/([^,|]+)([,|]?)/g)) {
    const name = entry.trim();
    if (name === "off") {
      break;
    }
    if (name.startsWith("file:")) {
      return;
    }
    // "direct" asks each module's own host; nearly all of ours are on this one.
    if (await isReachable(name === "direct" ? "https://github.com/" : name)) {
      return;
    }
    silent.push(withoutUserInfo(name));
    if (separator !== "|") {
      break;
    }
  }
  const what = silent.length === 0 ? "GOPROXY forbids downloads" : `${silent.join(" and ")} cannot be reached`;
  throw new OidcRunnerError("TOOLCHAIN_NO_NETWORK", `${label} is missing, and so are the Go modules to build it`, {
    where: [...tried, what].join("; "),
    fix: "connect to the internet (HTTPS_PROXY and GOPROXY are honoured), or put the tool on PATH",
  });
}
