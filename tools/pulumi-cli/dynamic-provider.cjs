#!/usr/bin/env node
// The engine's `pulumi-resource-pulumi-nodejs`: runs the dynamic provider of the @pulumi/pulumi that the program uses.
// The engine starts it in the program's directory, or (inline Automation API programs) in one without node_modules.
"use strict";
require("./die-with-parent.cjs").dieWithParent();

const paths = [process.cwd(), process.env.OIDC_RUNNER_NODE_ROOT].filter(Boolean);
let provider;
try {
  provider = require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths });
} catch {
  console.error(
    `@pulumi/pulumi was not found from ${paths.join(" or ")}: run npm install there, or set OIDC_RUNNER_NODE_ROOT`,
  );
  process.exit(1);
}
require(provider);
