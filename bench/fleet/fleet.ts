import type { Benchmark } from "../measure/benchmark";
import { awsStandardRetry, entrypointRetry, type Fleet, renewalRetry, type Service, simulate } from "./simulate";

const POD_COUNT = 10_000;
const RENEWAL_COUNT = 100_000;
/** Of an access token, in milliseconds. */
const LIFE_MS = 7_200_000;

/** Milliseconds of one exchange; 190 were seen in the lab. What Pulumi Cloud can do at once is not known. */
const EXCHANGE_MS = 200;

/** AWS STS: 600 requests a second for each account and Region (AWS IAM User Guide, "IAM and AWS STS quotas"). */
const STS: Service = { atOnce: 60, takesMs: 100 };

/** Pods that start within a second. */
const starting = (retry: Fleet["retry"]): Fleet => ({ count: POD_COUNT, begins: (random) => random * 1000, retry });

/** What renew.sh does: 15 to 45 % of the life before its end. */
const renewing: Fleet = {
  count: RENEWAL_COUNT,
  begins: (random) => LIFE_MS * (0.55 + 0.3 * random),
  retry: renewalRetry,
};

interface Case {
  name: string;
  what: string;
  fleet: Fleet;
  service: Service;
}

const perSecond = ({ atOnce, takesMs }: Service) => (atOnce * 1000) / takesMs;
const exchange = (rate: number): Service => ({ atOnce: (rate * EXCHANGE_MS) / 1000, takesMs: EXCHANGE_MS });

const cases: Case[] = [
  ...[1000, 250, 100].map((rate) => ({
    name: `exchange/${rate}`,
    what: `${POD_COUNT} pods that start within a second, at an exchange that answers ${rate} a second and 500 to all others`,
    fleet: starting(entrypointRetry),
    service: exchange(rate),
  })),
  ...[3, 10].map((attempts) => ({
    name: `sts/${attempts}`,
    what: `${POD_COUNT} pods that ask AWS STS within a second, with ${attempts} attempts of an AWS SDK (AWS_MAX_ATTEMPTS)`,
    fleet: starting(awsStandardRetry(attempts)),
    service: STS,
  })),
  {
    name: "renewal",
    what: `${RENEWAL_COUNT} pods that started together and renew their access token, at an exchange that answers 100 a second`,
    fleet: renewing,
    service: exchange(100),
  },
];

/** Many pods at once, played without a clock: the slowest of them, and their requests, against a service that is never idle. */
export const fleets: Benchmark[] = cases.map(({ name, what, fleet, service }) => ({
  name: `fleet/${name}`,
  pairs: 3,
  rows: [
    {
      ...{ name: `fleet/${name}`, metric: "slowest", unit: "ms" },
      subject: `the slowest of ${what}`,
      reference: "the time that the service needs for all, one after the other",
    },
  ],
  notes: ["a simulation: the retries are the entrypoint's and the SDKs', the service is made up"],
  async start() {
    let seed = 0;
    let last = { served: 0, gaveUp: 0, requests: 0, slowestMs: 0 };
    return {
      async subject() {
        seed += 1;
        last = simulate(fleet, service, seed);
        return { slowest: last.slowestMs };
      },
      async reference() {
        return { slowest: (fleet.count * 1000) / perSecond(service) };
      },
      warm: false,
      notes: () => [
        `${last.served} served, ${last.gaveUp} gave up, ${(last.requests / fleet.count).toFixed(1)} requests each`,
      ],
    };
  },
}));
