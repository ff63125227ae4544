import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { LabEnvironment } from "../../http";
import type { CloudContext } from "../context";
import { ApiError } from "../errors";
import { JOURNAL_ENTRIES } from "../journal";
import { readJson } from "../read-json";
import { Stack, type StackUpdate } from "../stack";
import { callersStack, callersStacks, nameOf } from "./callers-stack";

/** First life of a lease, and the longest that a renewal asks for, seconds (sdk/go/common/apitype/updates.go). */
const LEASE_SECONDS = 300;
/** Largest checkpoint or batch of events read, bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

const STACK = "/api/stacks/:organization/:project/:stack";
const UPDATE = `${STACK}/:kind{(?:update|preview|refresh|destroy)}/:update`;

const DEPLOYMENT = z.object({
  version: z.number(),
  features: z.array(z.string()).optional(),
  deployment: z.unknown().optional(),
});
const TAGS = z.record(z.string(), z.string());
const CREATE = z.object({ stackName: z.string(), tags: TAGS.optional() });
const START = z.object({ tags: TAGS.optional(), journalVersion: z.number().optional() });
const LEASE = z.object({ duration: z.number().min(0).max(LEASE_SECONDS) });
const COMPLETE = z.object({ status: z.enum(["succeeded", "failed", "cancelled"]) });
const EVENTS = z.object({ events: z.array(z.unknown()) });
const VERBATIM = z.object({ untypedDeployment: DEPLOYMENT });

/**
 * Stacks, as `pulumi up`, `preview`, `refresh`, `destroy`, `cancel` and `stack` use them, with leases: a second update is
 * refused (409) while one holds the lease, and a checkpoint or journal without a lease's token too. The token of a deployment
 * reaches its own stack alone, every other one of the organization all stacks of it: roles and teams are not looked at. The routes and bodies are those of the CLI's client
 * (pulumi/pulumi v3.259.0, pkg/backend/httpstate/client/client.go and sdk/go/common/apitype).
 */
export function stackRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();
  const stacksOf = (call: Context<LabEnvironment>) => callersStacks(context, call).stacks;
  const stackOf = (call: Context<LabEnvironment>): Stack => callersStack(context, call).stack;
  const described = (stack: Stack, organization: string) => ({
    id: stack.id,
    orgName: organization,
    projectName: stack.project,
    stackName: stack.name,
    activeUpdate: stack.active(context.clock())?.id ?? "",
    tags: stack.tags,
    version: stack.version,
  });
  /** The update that a request is about, with its stack; the request must carry the lease's token. */
  const leased = (call: Context<LabEnvironment>): { stack: Stack; update: StackUpdate } => {
    const { organization, update: id } = call.req.param() as Record<string, string>;
    const stack = context.organizations.get(organization as string)?.stacks.get(nameOf(call));
    const update = stack?.updates.find((known) => known.id === id);
    if (stack === undefined || update === undefined) {
      throw new ApiError(404, "Update not found");
    }
    const token = /^update-token (\S+)$/.exec(call.req.header("Authorization") ?? "")?.[1];
    if (token !== update.token || token === "") {
      throw new ApiError(401, "No credentials provided or are invalid.");
    }
    if (stack.active(context.clock()) !== update) {
      throw new ApiError(409, "The Update has ended.");
    }
    return { stack, update };
  };

  app.get("/api/user/stacks", (call) => {
    const { organization } = context.caller(call.req.header("Authorization"));
    const stacks = [...stacksOf(call).values()].map((stack) => described(stack, organization));
    return call.json({ stacks });
  });

  // Hono answers HEAD by the route of GET.
  app.get("/api/stacks/:organization/:project", (call) => {
    const { project } = call.req.param();
    if (![...stacksOf(call).values()].some((stack) => stack.project === project)) {
      throw new ApiError(404, "Project not found");
    }
    return call.body(null, 200);
  });

  app.post("/api/stacks/:organization/:project", async (call) => {
    const stacks = stacksOf(call);
    const { stackName, tags = {} } = await readJson(call, CREATE);
    const stack = new Stack(call.req.param("project"), stackName, tags);
    if (stacks.has(`${stack.project}/${stack.name}`)) {
      throw new ApiError(409, `Stack '${stackName}' already exists`);
    }
    stacks.set(`${stack.project}/${stack.name}`, stack);
    return call.json({});
  });

  app.get(STACK, (call) => call.json(described(stackOf(call), call.req.param("organization"))));

  app.delete(STACK, (call) => {
    const { deployment } = stackOf(call).checkpoint as { deployment?: { resources?: unknown[] } };
    if ((deployment?.resources ?? []).length > 0 && call.req.query("force") !== "true") {
      // The CLI compares this text (client.go, isStackHasResourcesError).
      throw new ApiError(400, "Stack still contains resources.");
    }
    stacksOf(call).delete(nameOf(call));
    return call.body(null, 204);
  });

  app.patch(`${STACK}/tags`, async (call) => {
    stackOf(call).tags = await readJson(call, TAGS);
    return call.body(null, 204);
  });

  app.get(`${STACK}/export`, (call) => call.json(stackOf(call).checkpoint));

  app.post(`${STACK}/import`, async (call) => {
    const stack = stackOf(call);
    stack.checkpoint = await readJson(call, DEPLOYMENT, MAX_BYTES);
    const update = stack.begin("update");
    update.status = "succeeded";
    stack.version += 1;
    return call.json({ updateId: update.id });
  });

  app.post(`${STACK}/encrypt`, async (call) => {
    const { plaintext } = await readJson(call, z.object({ plaintext: z.string() }));
    return call.json({ ciphertext: stackOf(call).encrypt(plaintext) });
  });

  app.post(`${STACK}/decrypt`, async (call) => {
    const { ciphertext } = await readJson(call, z.object({ ciphertext: z.string() }));
    return call.json({ plaintext: decrypted(stackOf(call), ciphertext) });
  });

  app.post(`${STACK}/batch-decrypt`, async (call) => {
    const { ciphertexts } = await readJson(call, z.object({ ciphertexts: z.array(z.string()) }));
    const stack = stackOf(call);
    return call.json({ plaintexts: Object.fromEntries(ciphertexts.map((text) => [text, decrypted(stack, text)])) });
  });

  app.post(`${STACK}/:kind{(?:update|preview|refresh|destroy)}`, async (call) => {
    const { stack, grant } = callersStack(context, call);
    const update = stack.begin(call.req.param("kind") as StackUpdate["kind"], grant.deployment?.id);
    return call.json({ updateID: update.id, requiredPolicies: [], messages: [] });
  });

  app.get(UPDATE, (call) => {
    const update = stackOf(call).updates.find(({ id }) => id === call.req.param("update"));
    if (update === undefined) {
      throw new ApiError(404, "Update not found");
    }
    return call.json({ status: update.status, events: [] });
  });

  // The token counts the events that were read; none says that there will be no more.
  app.get(`${UPDATE}/events`, (call) => {
    const update = stackOf(call).updates.find(({ id }) => id === call.req.param("update"));
    if (update === undefined) {
      throw new ApiError(404, "Update not found");
    }
    const { events, status } = update;
    const more = status === "running" || status === "not started";
    const continuationToken = more ? String(events.length) : null;
    return call.json({ events: events.slice(Number(call.req.query("continuationToken") ?? 0)), continuationToken });
  });

  app.post(UPDATE, async (call) => {
    const stack = stackOf(call);
    const update = stack.updates.find(({ id }) => id === call.req.param("update"));
    if (update === undefined) {
      throw new ApiError(404, "Update not found");
    }
    const { tags, journalVersion = 0 } = await readJson(call, START);
    if (stack.active(context.clock()) !== undefined) {
      throw new ApiError(409, "Another update is currently in progress.");
    }
    stack.tags = tags ?? stack.tags;
    stack.version += update.kind === "preview" ? 0 : 1;
    update.version = stack.version;
    update.status = "running";
    renew(update, LEASE_SECONDS);
    // Without a journal the CLI sends whole checkpoints (pkg/backend/httpstate/backend.go, apply).
    const hasJournal = journalVersion >= 1 && update.kind !== "preview";
    stack.keepJournal(hasJournal, context.clock());
    const { token, leaseEnds } = update;
    return call.json({
      version: stack.version,
      token,
      tokenExpiration: Math.floor(leaseEnds / 1000),
      journalVersion: hasJournal ? 1 : 0,
    });
  });

  app.post(`${UPDATE}/renew_lease`, async (call) => {
    const { update } = leased(call);
    renew(update, (await readJson(call, LEASE)).duration);
    return call.json({ token: update.token, tokenExpiration: Math.floor(update.leaseEnds / 1000) });
  });

  app.patch(`${UPDATE}/checkpoint`, async (call) => {
    leased(call).stack.checkpoint = await readJson(call, DEPLOYMENT, MAX_BYTES);
    return call.body(null, 204);
  });

  app.patch(`${UPDATE}/checkpointverbatim`, async (call) => {
    leased(call).stack.checkpoint = (await readJson(call, VERBATIM, MAX_BYTES)).untypedDeployment;
    return call.body(null, 204);
  });

  app.patch(`${UPDATE}/journalentries`, async (call) => {
    const { journal } = leased(call).stack;
    const { entries } = await readJson(call, JOURNAL_ENTRIES, MAX_BYTES);
    if (journal === undefined) {
      throw new ApiError(400, "The Update has no journal.");
    }
    for (const entry of entries) {
      journal.add(entry);
    }
    return call.body(null, 204);
  });

  app.post(`${UPDATE}/events/batch`, async (call) => {
    leased(call).update.events.push(...(await readJson(call, EVENTS, MAX_BYTES)).events);
    return call.body(null, 204);
  });

  app.post(`${UPDATE}/complete`, async (call) => {
    leased(call).update.status = (await readJson(call, COMPLETE)).status;
    return call.body(null, 204);
  });

  // `pulumi cancel`: by an access token, since the lease's holder is gone.
  app.post(`${UPDATE}/cancel`, (call) => {
    const active = stackOf(call).active(context.clock());
    if (active?.id !== call.req.param("update")) {
      throw new ApiError(409, "The Update is already complete.");
    }
    active.status = "cancelled";
    return call.body(null, 204);
  });

  function renew(update: StackUpdate, seconds: number): void {
    update.token = randomBytes(20).toString("hex");
    update.leaseEnds = context.clock() + seconds * 1000;
  }

  return app;
}

function decrypted(stack: Stack, ciphertext: string): string {
  try {
    return stack.decrypt(ciphertext);
  } catch {
    throw new ApiError(400, "the ciphertext is not of this stack");
  }
}
