import type { Hono } from "hono";
import { z } from "zod";
import type { LabClock } from "./clock";
import { controlApp, validated } from "./validated";

const BODY = z.union([z.strictObject({ offsetSeconds: z.number() }), z.strictObject({ shiftSeconds: z.number() })]);

/** `GET /`: the lab's time. `POST / {offsetSeconds}` sets the clock's offset, `{shiftSeconds}` moves it further. */
export function clockRoutes(clock: LabClock): Hono {
  const answer = () => ({ offsetSeconds: clock.offsetSeconds, now: new Date(clock.now()).toISOString() });
  return controlApp()
    .get("/", (call) => call.json(answer()))
    .post("/", async (call) => {
      const body = await validated(call, BODY);
      if ("offsetSeconds" in body) {
        clock.setOffset(body.offsetSeconds);
      } else {
        clock.shift(body.shiftSeconds);
      }
      return call.json(answer());
    });
}
