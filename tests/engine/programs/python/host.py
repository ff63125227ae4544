"""Runs the program of the working directory, by the variables that Pulumi's host for Go sets."""
import asyncio, json, os, runpy, sys
import pulumi

env = os.environ
pulumi.runtime.configure(
    pulumi.runtime.Settings(
        monitor=env["PULUMI_MONITOR"],
        engine=env.get("PULUMI_ENGINE"),
        project=env["PULUMI_PROJECT"],
        stack=env["PULUMI_STACK"],
        parallel=int(env["PULUMI_PARALLEL"]),
        dry_run=env["PULUMI_DRY_RUN"] == "true",
        organization=env["PULUMI_ORGANIZATION"],
    )
)
pulumi.runtime.set_all_config(json.loads(env["PULUMI_CONFIG"]), json.loads(env["PULUMI_CONFIG_SECRET_KEYS"]))
sys.path.insert(0, os.getcwd())
asyncio.new_event_loop().run_until_complete(
    pulumi.runtime.run_in_stack(lambda: runpy.run_path("__main__.py", run_name="__main__"))
)
