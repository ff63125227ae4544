from pathlib import Path

import pulumi
from pulumi_oidc_runner import EksOidcRunner

config = pulumi.Config()

# A Job on EKS with an access token of the organization and an IAM role of its own, and no stored secret for either.
runner = EksOidcRunner(
    "deployer",
    organization=config.require("organization"),
    access_token={"organization": {}},
    cluster={"name": config.require("clusterName")},
    namespace="pulumi-eks",
    create_namespace=True,
    aws={"role": {"managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}},
    script=Path(__file__).with_name("who-am-i.sh").read_text(),
)

pulumi.export("workloadName", runner.workload_name)
pulumi.export("namespace", runner.namespace)
pulumi.export("roleArn", runner.role_arn)
pulumi.export("subject", runner.subject)
pulumi.export("issuerId", runner.issuer_id)
