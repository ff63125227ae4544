import json, sys
import pulumi
from pulumi import automation as auto
from pulumi_oidc_runner import KubernetesOidcRunner, OidcTrustSetup

command, namespace = sys.argv[1:3]
with open(sys.argv[3]) as file:
    given = json.load(file)

def program() -> None:
    common = {"organization": given["organization"], "ca_certificates": given["caCertificates"]}
    cluster = {"issuer_url": given["cluster"]["issuerUrl"]}
    setup = OidcTrustSetup("trust", kubernetes=cluster, **common)
    runner = KubernetesOidcRunner(
        "tested",
        access_token={"organization": {}},
        cluster=cluster,
        trust=setup.trust,
        namespace=namespace,
        create_namespace=True,
        command=["pulumi", "whoami"],
        **common,
    )
    pulumi.export("workloadName", runner.workload_name)
    pulumi.export("workload", runner.workload)
    pulumi.export("issuerUrl", setup.issuer.issuer_url)
    pulumi.export("policyId", runner.policy.policy_id)

stack = auto.create_or_select_stack(stack_name="python", project_name="python", program=program)
if command == "up":
    stack.up(on_output=print)
elif command == "again":
    stack.refresh(on_output=print, expect_no_changes=True)
    stack.up(on_output=print, expect_no_changes=True)
    stack.preview(on_output=print, expect_no_changes=True)
elif command == "export":
    print(json.dumps({"deployment": stack.export_stack().deployment}))
else:
    stack.destroy(on_output=print)
