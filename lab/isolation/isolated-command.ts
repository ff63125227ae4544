import { type IsolationMode, isolationMode, NAMESPACE_ARGUMENTS } from "./isolation-mode";

/**
 * Wraps a command so that it runs as root of its own mount and process namespaces, as process 1.
 *
 * Ending the outermost process, SIGKILL included, ends every process started inside and drops every mount made there.
 * `unshare` itself holds SIGTERM and SIGINT back: to stop gently, ask the inner process (or signal its child), and use
 * SIGKILL on the outer one as the last word.
 *
 * @param argv the command and its arguments
 * @param mode default: {@link isolationMode}
 */
export function isolatedCommand(argv: string[], mode: IsolationMode = isolationMode()): string[] {
  return ["unshare", ...NAMESPACE_ARGUMENTS[mode], "--", ...argv];
}

/**
 * Wraps a command so that the kernel sends it SIGKILL when the thread that started it ends: no orphan survives a
 * crashed parent, with or without a process namespace around it.
 */
export function dyingWithParent(argv: string[]): string[] {
  return ["setpriv", "--pdeathsig", "KILL", "--", ...argv];
}
