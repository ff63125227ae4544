import { setTimeout as sleep } from "node:timers/promises";
import { retryAfter } from "../../pulumi-cloud/api/errors";
import { type Answer, newMark, ownIssuer, type Target } from "./target";

/** What the environment says of the organization to probe. */
export interface LiveSettings {
  apiUrl: string;
  organization: string;
  accessToken: string;
  team?: string;
  runnerPool?: string;
}

/** What is wrong with the environment, for the maintainer to read. */
export class SettingsMissing extends Error {}

/** Reads the settings. @throws SettingsMissing */
export function liveSettings(environment: NodeJS.ProcessEnv): LiveSettings {
  const {
    PULUMI_ACCESS_TOKEN: accessToken,
    OIDC_RUNNER_LIVE_ORGANIZATION: organization,
    PULUMI_BACKEND_URL: apiUrl = "https://api.pulumi.com",
    OIDC_RUNNER_LIVE_TEAM: team,
    OIDC_RUNNER_LIVE_RUNNER_POOL: runnerPool,
  } = environment;
  if (!accessToken || !organization) {
    throw new SettingsMissing(
      "set PULUMI_ACCESS_TOKEN to an administrator's token and OIDC_RUNNER_LIVE_ORGANIZATION to the name of an organization for tests; " +
        "PULUMI_BACKEND_URL is the API's address where it is not https://api.pulumi.com, OIDC_RUNNER_LIVE_TEAM a team, OIDC_RUNNER_LIVE_RUNNER_POOL the id of a pool",
    );
  }
  const { protocol, hostname } = URL.canParse(apiUrl) ? new URL(apiUrl) : { protocol: "", hostname: "" };
  if (protocol !== "https:" && !(protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname))) {
    throw new SettingsMissing("PULUMI_BACKEND_URL must be an https address, because the token is sent to it");
  }
  return { apiUrl: apiUrl.replace(/\/+$/, ""), organization, accessToken, team, runnerPool };
}

/** A real organization. Its issuers have static keys, under URLs that no server answers for and no other run has. */
export function liveTarget({ apiUrl, accessToken, ...settings }: LiveSettings): Target {
  const mark = newMark();
  let count = 0;
  const issuer = () => {
    count += 1;
    return ownIssuer(`https://${mark}-${count}.example.com`);
  };
  return {
    ...settings,
    mark,
    now: Date.now,
    request: async (method, path, body, token = accessToken) => {
      const headers = {
        accept: "application/vnd.pulumi+8",
        ...(token === "" ? {} : { authorization: `token ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const signal = () => AbortSignal.timeout(60_000);
      const send = () =>
        fetch(apiUrl + path, { method, headers, body: JSON.stringify(body), redirect: "error", signal: signal() });
      let response = await send();
      for (let attempt = 0; response.status === 429 && attempt < 5; attempt += 1) {
        await sleep(retryAfter(response.headers.get("retry-after")) ?? 5000);
        response = await send();
      }
      return read(response.status, await response.text());
    },
    issuers: async () => ({ one: await issuer(), other: await issuer(), unreachable: await issuer() }),
    publicIssuers: ["https://agent.buildkite.com", "https://gitlab.com", "https://token.actions.githubusercontent.com"],
    foreignOrganization: "pulumi",
  };
}

function read(status: number, text: string): Answer {
  try {
    return { status, text, json: JSON.parse(text) };
  } catch {
    return { status, text, json: undefined };
  }
}
