/** Skips the running test, or, from a hook, all tests of its suite; `npm test` lists the reason. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Runnable & { skipReason?: string; type?: string };
  const place = runnable.type === "hook" ? (runnable.parent as unknown as { skipReason?: string }) : runnable;
  place.skipReason = reason;
  return context.skip();
}
