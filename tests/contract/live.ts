// npm run test:live: probes a real organization and prints each switch of the lab's Pulumi Cloud with the value observed.
// It registers issuers of its own, whose keys exist only here, and removes them, also after a failure or a signal.
import { defaultSwitches } from "../../lab/pulumi-cloud/switches";
import { liveSettings, liveTarget, SettingsMissing } from "./live-target";
import { type Observation, type Probe, runProbes } from "./probe";
import { NOT_OBSERVABLE, PROBES } from "./probes";
import { expect, Session, sweep, withoutTokens } from "./session";

async function main(): Promise<number> {
  const settings = liveSettings(process.env);
  const target = liveTarget(settings);
  let stopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopped = true;
      console.log(`${signal}: ending after this probe, which removes what it registered; again: ends at once`);
    });
  }
  console.log(`Probing ${settings.organization} at ${settings.apiUrl}. Issuers of this run are named ${target.mark}-…`);
  const session = new Session(target);
  expect("the caller's own name", await session.get("/api/user"));
  expect("the list of issuers", await session.get(session.path("oidc/issuers")));
  let left: string[] = [];
  try {
    await runProbes(
      target,
      PROBES,
      (name, observation) => console.log(line(name, observation)),
      () => stopped,
    );
  } finally {
    left = await sweep(target).catch((error: Error) => [`${target.mark}-… (${shown(error.message)})`]);
  }
  for (const [name, reason] of Object.entries(NOT_OBSERVABLE)) {
    console.log(line(name as Probe["name"], { notObservable: reason }));
  }
  if (left.length > 0) {
    console.error(`These issuers could not be removed; remove them by hand: ${left.join(", ")}`);
  }
  return left.length > 0 || stopped ? 1 : 0;
}

/** What may be printed of a text. */
function shown(text: string): string {
  const { PULUMI_ACCESS_TOKEN: accessToken } = process.env;
  return withoutTokens(accessToken ? text.replaceAll(accessToken, "***") : text);
}

function line(name: Probe["name"], observation: Observation): string {
  const first = name.padEnd(34);
  if ("notObservable" in observation) {
    return shown(`${first}not observable: ${observation.notObservable}`);
  }
  const { reads, does } = PROBES.find((probe) => probe.name === name) as Probe;
  const value = defaultSwitches()[name];
  const expected = JSON.stringify(reads === undefined ? value : reads(value as never));
  const seen = JSON.stringify(observation.value);
  const verdict = seen === expected ? "as the default" : `the default is ${expected}`;
  return shown([`${first}${seen} (${verdict})`, does, observation.said].filter(Boolean).join("; "));
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(shown(error.message + (error.cause instanceof Error ? `: ${error.cause.message}` : "")));
    process.exit(error instanceof SettingsMissing ? 2 : 1);
  },
);
