import { canonical, isRecord, isSecret, secret } from "../../../plugin/server";

/**
 * The inputs as the live object has them: where `live` differs from `desired` (what the server would make of the inputs),
 * the live value takes the input's place, so that the next update shows and mends it. What the server defaults or spells
 * differently (`0.5` → `500m`) is the same in both and is not drift.
 */
export function withDrift(inputs: unknown, desired: unknown, live: unknown): unknown {
  if (canonical(desired) === canonical(live)) {
    return inputs;
  }
  if (isSecret(inputs)) {
    return live === undefined ? undefined : secret(withDrift(inputs.value, desired, live));
  }
  if (isRecord(inputs) && isRecord(live)) {
    const wanted = isRecord(desired) ? desired : {};
    return Object.fromEntries(
      Object.entries(inputs).flatMap(([key, value]) => {
        const now = withDrift(value, wanted[key], live[key]);
        return now === undefined ? [] : [[key, now]];
      }),
    );
  }
  if (Array.isArray(inputs) && Array.isArray(live) && Array.isArray(desired) && inputs.length === live.length) {
    return inputs.map((value, index) => withDrift(value, desired[index], live[index]));
  }
  return live;
}
