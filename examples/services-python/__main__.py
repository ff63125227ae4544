from typing import Any

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes
from pulumi_oidc_runner import VerifiedService

config = pulumi.Config()
project = config.require("project")
location = config.require("location")
# Built from examples/verified-service/server, with both the server and its client.
image = config.require("image")
port = config.get_int("port") or 8080
# A Secret with the server's certificate, such as cert-manager keeps; clients send tokens over TLS alone, but for loopback.
tls_secret_name = config.get("tlsSecretName")
# PEM, where the server's certificate, or an issuer's, is not of a public authority.
ca_certificates = config.get("caCertificates")
# Where the keys are, in a rehearsal.
discovery_url = config.get("discoveryUrl")
google_discovery_url = config.get("googleDiscoveryUrl")

NAMESPACE = "id-namespace"
# A caller that is allowed and one that is not: each a ServiceAccount, and the Google service account that it acts as.
CALLERS = {"listed": ("gke-sa", "gke-gsa"), "stranger": ("other-sa", "other-gsa")}


def email(account: str) -> str:
    return f"{account}@{project}.iam.gserviceaccount.com"


allowed_account, allowed_google_account = CALLERS["listed"]
hello = VerifiedService(
    "hello",
    image=image,
    port=port,
    namespace="hello",
    create_namespace=True,
    cluster={
        "gke": {"project": project, "location": location, "name": config.require("clusterName")},
        "discovery_url": discovery_url,
    },
    allow=[{"namespace": NAMESPACE, "service_account_name": allowed_account}],
    google={
        "service_account_emails": [email(allowed_google_account)],
        "discovery_url": google_discovery_url,
    },
    tls={"secret_name": tls_secret_name} if tls_secret_name else None,
    ca_certificates=ca_certificates,
)
url = config.get("url") or pulumi.Output.format("https://{0}.{1}.svc", hello.service_name, hello.namespace)

# The same callers at Cloud Run, where Google verifies them.
run = gcp.cloudrunv2.Service(
    "hello",
    project=project,
    location=location,
    template={"containers": [{"image": config.get("runImage") or image}]},
    deletion_protection=False,
)
restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
namespace = kubernetes.core.v1.Namespace(NAMESPACE, metadata={"name": NAMESPACE, "labels": restricted})
in_namespace = {"namespace": namespace.metadata.name}
authorities = (
    kubernetes.core.v1.ConfigMap("authorities", metadata=in_namespace, data={"ca.crt": ca_certificates})
    if ca_certificates
    else None
)


def client(
    name: str, identity: str, service_account_name: pulumi.Input[str], depends_on: list[pulumi.Resource]
) -> None:
    """A Job that calls the service, and Cloud Run with `identity` google, and prints what it got."""

    def token(volume: str, audience: pulumi.Input[str]) -> dict[str, Any]:
        source = {"audience": audience, "expiration_seconds": 600, "path": "token"}
        return {"name": volume, "projected": {"sources": [{"service_account_token": source}]}}

    def mounted(volume: str, mount_path: str) -> dict[str, Any]:
        return {"name": volume, "mount_path": mount_path, "read_only": True}

    env: list[dict[str, Any]] = [
        {"name": "CALLER", "value": name},
        {"name": "IDENTITY", "value": identity},
        {"name": "SERVICE_URL", "value": url},
        {"name": "AUDIENCE", "value": hello.audience},
    ]
    mounts = [mounted("token", "/var/run/secrets/hello"), mounted("other", "/var/run/secrets/other")]
    volumes = [token("token", hello.audience), token("other", "https://other.example.com")]
    if identity == "google":
        env.append({"name": "CLOUD_RUN_URL", "value": run.uri})
    if authorities:
        env.append({"name": "NODE_EXTRA_CA_CERTS", "value": "/etc/authorities/ca.crt"})
        mounts.append(mounted("authorities", "/etc/authorities"))
        volumes.append({"name": "authorities", "config_map": {"name": authorities.metadata.name}})
    container = {
        "name": "client",
        "image": image,
        "command": ["node", "/app/client.mjs"],
        "env": env,
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": mounts,
    }
    pod = {
        "service_account_name": service_account_name,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "restart_policy": "Never",
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 65532,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": volumes,
    }
    kubernetes.batch.v1.Job(
        name,
        metadata=in_namespace,
        spec={
            "backoff_limit": 0,
            "active_deadline_seconds": 300,
            "template": {"metadata": {"labels": {"app.kubernetes.io/name": "verified-client"}}, "spec": pod},
        },
        opts=pulumi.ResourceOptions(depends_on=depends_on),
    )


for who, (account, google_account) in CALLERS.items():
    google = gcp.serviceaccount.Account(google_account, project=project, account_id=google_account)
    grants: list[pulumi.Resource] = [
        gcp.serviceaccount.IAMMember(
            google_account,
            service_account_id=google.name,
            role="roles/iam.workloadIdentityUser",
            member=f"serviceAccount:{project}.svc.id.goog[{NAMESPACE}/{account}]",
        )
    ]
    if who == "listed":
        grants.append(
            gcp.cloudrunv2.ServiceIamMember(
                google_account,
                project=project,
                location=location,
                name=run.name,
                role="roles/run.invoker",
                member=google.member,
            )
        )
    service_account = kubernetes.core.v1.ServiceAccount(
        account,
        metadata={
            "name": account,
            "namespace": namespace.metadata.name,
            "annotations": {"iam.gke.io/gcp-service-account": google.email},
        },
        automount_service_account_token=False,
    )
    for caller in ["cluster", "google"]:
        client(f"{who}-{caller}", caller, service_account.metadata.name, [hello, *grants])

pulumi.export("serviceName", hello.service_name)
pulumi.export("workloadName", hello.workload_name)
pulumi.export("audience", hello.audience)
pulumi.export("issuerUrl", hello.issuer_url)
pulumi.export("cloudRunUrl", run.uri)
