import { keysOf } from "../../trust/policy";
import type { AuthPolicyRecord, Timing } from "../api";

/** How long a read serves the other resources of a process, in milliseconds. A refresh reads all of them at once. */
const SHARED_READ_MS = 30_000;

/** What a policy held when it was read; undefined when its issuer is gone. */
interface Read {
  begun: number;
  keys: Promise<ReadonlySet<string> | undefined>;
}

const reads = new Map<string, Read>();

/**
 * Keys of the definitions in a policy: one request for all resources that ask within {@link SHARED_READ_MS}, so that the
 * refresh of a thousand runners reads each issuer's policy once. A write of this process makes the next one read again.
 */
export function readTogether(
  key: string,
  read: () => Promise<AuthPolicyRecord | undefined>,
  timing: Pick<Timing, "now">,
): Promise<ReadonlySet<string> | undefined> {
  const now = timing.now();
  const known = reads.get(key);
  if (known !== undefined && now - known.begun <= SHARED_READ_MS) {
    return known.keys;
  }
  const keys = read().then((policy) => policy && keysOf(policy.policies));
  reads.set(key, { begun: now, keys });
  keys.catch(() => forgetRead(key));
  return keys;
}

/** Makes the next one read again. */
export function forgetRead(key: string): void {
  reads.delete(key);
}
