import assert from "node:assert/strict";
import { utcTime } from "../../../pulumi-cloud/issuers/state";

describe("pulumi-cloud/issuers/state", () => {
  for (const [text, time] of [
    ["2025-10-19 00:05:56.480", "2025-10-19T00:05:56.480Z"],
    ["2025-10-19 00:05:56", "2025-10-19T00:05:56.000Z"],
    ["2025-10-19T00:05:56.480Z", "2025-10-19T00:05:56.480Z"],
    ["2025-10-19T00:05:56", "2025-10-19T00:05:56.000Z"],
    ["2025-10-19T02:05:56.480+02:00", "2025-10-19T00:05:56.480Z"],
    ["2025-10-18T22:05:56-0200", "2025-10-19T00:05:56.000Z"],
    ["never", "never"],
    ["", ""],
  ] as const) {
    it(`writes "${text}" as "${time}", wherever the machine is`, () => {
      const zone = process.env.TZ;
      for (process.env.TZ of ["UTC", "America/New_York", "Asia/Tokyo"]) assert.equal(utcTime(text), time);
      delete process.env.TZ;
      Object.assign(process.env, zone === undefined ? {} : { TZ: zone });
    });
  }
});
