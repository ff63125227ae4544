import { type PodTemplate, type ProbeOutcome, type RunOptions, runProgram } from "../cloud-runner/runner-pod";

/** Prints who AWS says one is; on refusal the error as the SDK has it, and ends with 3. */
const WHO_AM_I = `
  const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
  new STSClient({ maxAttempts: 1 }).send(new GetCallerIdentityCommand({})).then(
    ({ Arn }) => console.log("I am " + Arn),
    (error) => {
      console.log("refused: " + error.name + ": " + error.message);
      process.exitCode = 3;
    },
  );
`;

/** Runs a runner's pod once more, with AWS' SDK as its work, and waits for its end. */
export function probe(template: PodTemplate, name: string, options: RunOptions): Promise<ProbeOutcome> {
  return runProgram(template, name, { program: WHO_AM_I, seconds: 300 }, options);
}
