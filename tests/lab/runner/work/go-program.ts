import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { findOnPath } from "../shell-run";

const SDK = "github.com/pulumi/pulumi/sdk/v3";

/**
 * Writes a Pulumi program in Go, and has Go fetch the modules it needs into this machine's module cache. Nothing is done where
 * Go or a network is missing.
 *
 * @returns the download cache, which a pod can use as a module proxy
 */
export async function prepareGoProgram(directory: string, version: string): Promise<string | undefined> {
  if (findOnPath("go") === undefined) {
    return undefined;
  }
  mkdirSync(directory);
  writeFileSync(`${directory}/go.mod`, `module example.com/app\n\ngo 1.25\n\nrequire ${SDK} ${version}\n`);
  writeFileSync(
    `${directory}/main.go`,
    `package main

import "${SDK}/go/pulumi"

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		ctx.Export("greeting", pulumi.String("hello from Go"))
		return nil
	})
}
`,
  );
  writeFileSync(`${directory}/Pulumi.yaml`, "name: app\nruntime: go\n");
  const go = async (...args: string[]) =>
    (await promisify(execFile)("go", args, { cwd: directory, maxBuffer: 1 << 26 })).stdout.trim();
  try {
    await go("list", "-mod=mod", "-deps", ".");
    return `${await go("env", "GOMODCACHE")}/cache/download`;
  } catch {
    return undefined;
  }
}
