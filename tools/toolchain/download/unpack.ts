import { run } from "../run";
import { RouteUnavailable } from "./download";

/**
 * Unpacks some members of a .tar.gz into a directory, without the directories they lie in, as deep as the first one's.
 *
 * @throws RouteUnavailable if there is no tar, or the archive lacks a member
 */
export async function unpack(
  archive: string,
  directory: string,
  members: string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const depth = (members[0]?.split("/").length ?? 1) - 1;
  const args = ["-xzf", archive, "-C", directory, `--strip-components=${depth}`, ...members];
  const result = await run("tar", args, { env, timeoutMs: 300_000 });
  if (result.code !== 0) {
    throw new RouteUnavailable(`${archive} could not be unpacked: ${result.stderr.trim()}`);
  }
}
