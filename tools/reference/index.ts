import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { classPage, indexPage } from "./pages";
import type { Schema } from "./schema";

/** docs/reference by path from the root: a page for each class, and their list. */
export function referenceFiles(text = readFileSync(join(packageRoot(), "schema.json"), "utf8")) {
  const schema = JSON.parse(text) as Schema;
  const pages = Object.keys(schema.resources).map((token) => classPage(schema, token));
  return [...pages, indexPage(schema)];
}
