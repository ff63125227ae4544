// A stack in a process of its own: runs one update after another with the compiled provider code, as the engine would.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { connect } = require("../../../dist/pulumi-cloud/api/connect.js");
const { removeDefinitions, untilConfirmed, writeDefinitions } = require("../../../dist/pulumi-cloud/policies/index.js");
const { realTiming } = require("../../../dist/pulumi-cloud/api/timing.js");

/**
 * How much slower the writers' time passes than the machine's. They rely on requests that take less than half a quiet
 * window; so many processes at once on a busy machine need more than the one second that this is.
 */
const SLOWER = 1.5;
const { now, sleep: sleepFor } = realTiming;
Object.assign(realTiming, { now: () => now() / SLOWER, sleep: (milliseconds) => sleepFor(milliseconds * SLOWER) });

/** How often an update is run again before the test counts it as lost. */
const MOST_UPDATES = 200;

/** `updates`: what the stack's program asks for, one update after another; an empty list destroys it. */
const { connection, issuerId, updates } = JSON.parse(process.env.WORKER_JOB);
const client = await connect(connection);
const failures = [];
let state;

/** What the engine keeps after a failure: a write that is uncertain is kept with all that may be there. */
async function update(definitions) {
  const lease = state?.lease ?? randomUUID();
  const inputs = { issuerId, policies: definitions };
  try {
    if (definitions.length === 0) {
      await removeDefinitions(client, { ...inputs, ...state });
      state = undefined;
    } else {
      await writeDefinitions(client, { ...inputs, lease }, state?.policies ?? []);
      state = { policies: definitions, lease };
    }
    // As the engine's interrupt makes it.
    await untilConfirmed();
    return true;
  } catch (error) {
    failures.push(error.code);
    if (error.code === "POLICY_WRITE_UNCERTAIN") {
      state = { lease, policies: [...(state?.policies ?? []), ...definitions] };
    } else if (!error.code?.startsWith("PULUMI_CLOUD_")) {
      throw error;
    }
    return false;
  }
}

for (const definitions of updates) {
  for (let attempt = 1; !(await update(definitions)); attempt += 1) {
    if (attempt === MOST_UPDATES) {
      throw new Error(`gave up after ${failures.join(" ")}`);
    }
  }
}
process.stdout.write(JSON.stringify({ wanted: state?.policies ?? [], failures }));
