import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { EscEvaluator } from "../../../tools/toolchain";
import { ApiError } from "../errors";

/** What the program in tools/esc-evaluator reads. */
export interface EvaluationRequest {
  action: "check" | "open" | "encrypt" | "decrypt";
  /** What the definition is called. */
  name: string;
  definition: string;
  showSecrets?: boolean;
  /** Values of `context`, besides the names of environments. */
  context?: Record<string, unknown>;
  /** Key of the secrets, base64. */
  key: string;
}

/** A place in a definition, in the API's form. */
export interface Diagnostic {
  range?: object;
  summary?: string;
  detail?: string;
  severity?: "error" | "warning";
}

/** What it answers. */
export interface Evaluation {
  /** Of check and open. */
  environment?: { properties?: Record<string, unknown>; [member: string]: unknown };
  /** Of encrypt and decrypt. */
  definition?: string;
  diagnostics: Diagnostic[];
}

/** A login of the environment that is opened. */
export interface LoginRequest {
  login: string;
  inputs: Record<string, unknown>;
  /** Names of the root environment and of the one that the login is written in. */
  root: string;
  current: string;
}

/** What it asks for on the way. What is thrown becomes the evaluator's error at that place. */
export interface EvaluationHooks {
  /** The definition of an imported environment. */
  environment(name: string): string;
  login(request: LoginRequest): Promise<unknown>;
}

type Line =
  | { ask: LoginRequest | { environment: string }; answer?: undefined }
  | { answer: Evaluation; ask?: undefined };

/** Runs ESC's own evaluator, a process for each request. Definitions and secrets go through its pipes alone. */
export async function evaluate(
  evaluator: EscEvaluator | undefined,
  request: EvaluationRequest,
  hooks: EvaluationHooks,
): Promise<Evaluation> {
  if (evaluator === undefined || "missing" in evaluator) {
    const reason = evaluator === undefined ? "it was started without" : evaluator.missing;
    throw new ApiError(501, `this lab has no evaluator of ESC environments: ${reason}`);
  }
  const child = spawn(evaluator.path, [], { env: {}, stdio: ["pipe", "pipe", "pipe"] });
  const write = (value: unknown) => child.stdin.write(`${JSON.stringify(value)}\n`);
  // A program that does not start, or ends early, is told of by its missing answer.
  const ended = new Promise((resolve) => child.once("error", resolve).once("close", resolve));
  child.stdin.on("error", () => undefined);
  child.stderr.resume();
  write(request);
  let answer: Evaluation | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.ask === undefined) {
      answer = line.answer;
    } else {
      write(await replyTo(line.ask, hooks));
    }
  }
  await ended;
  if (answer === undefined) {
    throw new ApiError(500, "the evaluator gave no answer");
  }
  return answer;
}

async function replyTo(question: LoginRequest | { environment: string }, hooks: EvaluationHooks) {
  try {
    return {
      value: "environment" in question ? hooks.environment(question.environment) : await hooks.login(question),
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
