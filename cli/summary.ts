/** What a run of an example showed. Undefined: it did not come that far. */
export interface StartResult {
  pod: string | undefined;
  /** The stack's configuration file. */
  configFile: string;
  issuerId: string | undefined;
  subject: string | undefined;
  /** Duration of the exchange, as the pod measured it. */
  exchangeMs: string | undefined;
  /** When the access token expires, as Pulumi Cloud said. */
  expires: string | undefined;
  /** What `pulumi whoami` printed inside the pod. */
  whoami: string | undefined;
}

/** When the entrypoint logged a time: how long that is from now, in minutes, and the time to the second. */
function lifetime(expires: string, now: number): string {
  const end = Date.parse(expires);
  return Number.isNaN(end)
    ? expires
    : `${Math.round((end - now) / 60_000)} minutes, until ${new Date(end).toISOString().slice(0, 19)}Z`;
}

/** The short account that ends `npm start`. `now`: milliseconds since the epoch, which the lifetime is counted from. */
export function summarise(result: StartResult, now = Date.now()): string {
  const lines: [string, string | undefined][] = [
    ["issuer and policy registered", result.issuerId && `issuer ${result.issuerId}, for ${result.subject}`],
    ["pod started", result.pod],
    ["token exchanged", result.exchangeMs && `in ${result.exchangeMs} ms`],
    ["lifetime of the access token", result.expires && lifetime(result.expires, now)],
    ["pulumi whoami, in the pod", result.whoami],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  const rows = lines.map(([label, value]) => `  ${value ? "ok" : "--"}  ${label.padEnd(width)}  ${value ?? "no"}`);
  const end = result.whoami
    ? "The pod logged in with its own identity token. No secret was stored anywhere."
    : "It did not work: the lines above say where it ended.";
  return ["", ...rows, "", end].join("\n");
}
