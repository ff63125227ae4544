import assert from "node:assert/strict";
import { type CronJobOptions, checkCronJobOptions, cronJobSpec } from "../../../../provider/workload/kinds/cron-job";
import { refused } from "../../../helpers/refused";

const template = { spec: { containers: [] } };
const labels = { app: "x" };

describe("provider/workload/kinds/cron-job", () => {
  it("skips runs that would overlap, keeps few Jobs, and gives each a deadline", () => {
    assert.deepEqual(cronJobSpec(template, { schedule: "0 3 * * *" }, labels), {
      schedule: "0 3 * * *",
      concurrencyPolicy: "Forbid",
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { metadata: { labels }, spec: { activeDeadlineSeconds: 3600, backoffLimit: 0, template } },
    });
  });

  it("takes every setting", () => {
    const own = {
      schedule: "@daily",
      timeZone: "Europe/Berlin",
      concurrencyPolicy: "Replace",
      startingDeadlineSeconds: 60,
      suspend: true,
      successfulJobsHistoryLimit: 0,
      failedJobsHistoryLimit: 5,
    } as const;
    assert.deepEqual(cronJobSpec(template, { ...own, activeDeadlineSeconds: 60, backoffLimit: 2 }, labels), {
      ...own,
      jobTemplate: { metadata: { labels }, spec: { activeDeadlineSeconds: 60, backoffLimit: 2, template } },
    });
  });

  for (const schedule of [
    "* * * * *",
    "*/5 0-6,22 1 JAN-MAR mon",
    "0 0 ? * 1#2".replace("#2", ""),
    "@every 1h",
    "@daily",
  ]) {
    it(`accepts ${schedule}`, () => checkCronJobOptions({ schedule }));
  }
  /** Why each is refused, and its near miss. */
  const BAD: [string, string, string][] = [
    ["", "it has 0 fields", "0 0 * * *"],
    ["* * * *", "it has 4 fields", "* * * * *"],
    ["* * * * * *", "it has 6 fields", "* * * * *"],
    ["@sometimes", "there is no schedule of this name", "@hourly"],
    ["@every day", "there is no schedule of this name", "@every 1h30m"],
    ["every day at three o'clock", '"every" is not a possible minute', "0 3 * * *"],
    ["0 3 * * *; rm", "it has 6 fields", "0 3 * * *"],
    ["0 25 * * *", '"25" is not a possible hour: it is 0 to 23', "0 23 * * *"],
    ["60 * * * *", '"60" is not a possible minute', "59 * * * *"],
    ["0 0 0 * *", '"0" is not a possible day of the month', "0 0 31 * *"],
    ["0 0 * 13 *", '"13" is not a possible month', "0 0 * DEC *"],
    ["0 0 * * 7", '"7" is not a possible day of the week: it is 0 to 6', "0 0 * * 0"],
    ["0 0 * * mon-sun", '"mon-sun" ends before it begins', "0 0 * * sun-mon"],
    ["*/0 * * * *", '"*/0" is not a possible minute', "*/1 * * * *"],
    ["1-2-3 * * * *", '"1-2-3" is not a possible minute', "1-2 * * * *"],
    ["0 0 * * monday", '"monday" is not a possible day of the week', "0 0 * * MON"],
  ];
  for (const [schedule, why, nearMiss] of BAD) {
    it(`refuses "${schedule}"`, () => {
      refused(() => checkCronJobOptions({ schedule }), "CRON_JOB_INVALID", "cronJob.schedule", why);
      checkCronJobOptions({ schedule: nearMiss });
    });
  }
  it("names the time zone that was meant", () => {
    for (const [zone, meant] of [
      ["Europe/Berln", "use Europe/Berlin"],
      ["europe/berlin", "use Europe/Berlin"],
      ["America/NewYork", "use America/New_York"],
      ["Middle/Earth", "give an IANA name"],
    ] as const) {
      refused(() => checkCronJobOptions({ timeZone: zone }), "CRON_JOB_INVALID", "cronJob.timeZone", meant);
    }
    for (const timeZone of ["America/New_York", "US/Pacific", "Asia/Kolkata", "Asia/Calcutta", "GMT"]) {
      checkCronJobOptions({ timeZone });
    }
  });
  it("refuses a time zone in the schedule, which Kubernetes does not allow", () => {
    for (const schedule of ["TZ=UTC 0 3 * * *", "CRON_TZ=UTC 0 3 * * *"]) {
      refused(() => checkCronJobOptions({ schedule }), "CRON_JOB_INVALID", "cronJob.schedule", "time zone");
    }
  });

  const settings: [keyof CronJobOptions, unknown[], unknown[]][] = [
    [
      "timeZone",
      ["Europe/Berlin", "Etc/GMT+5", "UTC", "America/Argentina/Buenos_Aires"],
      ["", "Local", "Europe/", "+01:00"],
    ],
    ["concurrencyPolicy", ["Allow", "Forbid", "Replace"], ["allow", "Never"]],
    ["startingDeadlineSeconds", [10, 100], [9, 0, 1.5]],
    ["successfulJobsHistoryLimit", [0, 3], [-1, 0.5]],
    ["failedJobsHistoryLimit", [0, 3], [-1, Number.NaN]],
    ["activeDeadlineSeconds", [1], [0, -1]],
    ["backoffLimit", [0], [-1]],
  ];
  for (const [name, good, bad] of settings) {
    it(`checks ${name}`, () => {
      for (const value of good) checkCronJobOptions({ [name]: value });
      for (const value of bad) {
        refused(() => checkCronJobOptions({ [name]: value }), "CRON_JOB_INVALID", `cronJob.${name}`);
      }
    });
  }
});
