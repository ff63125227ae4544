import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs one of the system's own tools and waits; an error quotes what it said. */
export async function runTool(command: string, argv: string[]): Promise<string> {
  try {
    const { stdout } = await execute(command, argv, { env: { PATH: process.env.PATH, LC_ALL: "C" } });
    return stdout;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`${command}: ${said || (error as Error).message}`, { cause: error });
  }
}
