import { OidcRunnerError } from "../../trust";
import { type ControlConnection, connectToControl, HOW_TO_START } from "../control-connection";
import { readLabFile } from "../directory";
import type { LabState } from "../types";
import { ServiceError } from "./cloud";

/** Reaches the lab's stores of the clouds' resources. */
export interface LabClient {
  /** Calls a route below `/resources`. A refusal is thrown with the service's own code. */
  call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** As `call` with GET, but undefined for what does not exist. */
  find<T>(path: string): Promise<T | undefined>;
}

/** The lab whose `lab.json` the environment's `OIDC_RUNNER_LAB` names; looked at on first use. */
export function labClient(env: NodeJS.ProcessEnv = process.env): LabClient {
  let connection: Promise<ControlConnection> | undefined;
  const call: LabClient["call"] = async (method, path, body) => {
    connection ??= connectToControl(stateOf(env.OIDC_RUNNER_LAB));
    const { status, text } = await (await connection).send(method, `/resources${path}`, body);
    return read(status, text);
  };
  const find: LabClient["find"] = async (path) => {
    try {
      return await call("GET", path);
    } catch (error) {
      if (error instanceof ServiceError && error.httpStatus === 404) {
        return undefined;
      }
      throw error;
    }
  };
  return { call, find };
}

function stateOf(file: string | undefined): LabState {
  // A shell may still have the environment of a lab that has ended.
  const state: Partial<LabState> | undefined = file === undefined || file === "" ? undefined : readLabFile(file);
  if (state?.control === undefined) {
    throw new OidcRunnerError("LAB_NOT_FOUND", "no lab is running in this environment", {
      where: "environment OIDC_RUNNER_LAB",
      fix: HOW_TO_START,
    });
  }
  return state as LabState;
}

function read<T>(status: number, text: string): T {
  if (status < 300) {
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
  let error: { code?: string; message?: string } = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // Not one of the routes below /resources: their refusals are JSON.
  }
  if (error.code === undefined) {
    throw new OidcRunnerError("LAB_NOT_FOUND", `the lab answered HTTP ${status}`, { fix: HOW_TO_START });
  }
  throw new ServiceError(error.code, status, error.message ?? "");
}
