import { readFileSync } from "node:fs";

/** How many user ids a container runtime needs before it can run pods as any user: those of 16 bits. */
const ENOUGH_USERS = 65_536;

/**
 * Whether this process, as root of its user namespace, can own files and start processes as (nearly) any user id. True
 * for real root; false inside `unshare --map-root-user`, where only one id exists.
 *
 * @param uidMap contents of `/proc/self/uid_map`; read from there by default
 */
export function ownsAllUsers(uidMap: string = readFileSync("/proc/self/uid_map", "utf8")): boolean {
  let count = 0;
  for (const line of uidMap.trim().split("\n")) {
    count += Number(line.trim().split(/\s+/)[2]);
  }
  return count >= ENOUGH_USERS;
}
