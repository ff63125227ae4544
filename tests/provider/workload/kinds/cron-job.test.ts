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
  for (const schedule of ["", "* * * *", "* * * * * *", "@sometimes", "every day at three", "0 3 * * *; rm"]) {
    it(`refuses "${schedule}"`, () => {
      refused(() => checkCronJobOptions({ schedule }), "CRON_JOB_INVALID", "cronJob.schedule");
    });
  }
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
