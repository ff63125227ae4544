package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"example.com/pulumi-oidc-runner/sdk/go/oidcrunner"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type given struct {
	Organization   string
	CaCertificates string
	Cluster        struct{ IssuerUrl string }
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(command, namespace, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var args given
	if err := json.Unmarshal(text, &args); err != nil {
		return err
	}
	program := func(ctx *pulumi.Context) error {
		organization, certificates := pulumi.String(args.Organization), pulumi.String(args.CaCertificates)
		setup, err := oidcrunner.NewOidcTrustSetup(ctx, "trust", &oidcrunner.OidcTrustSetupArgs{
			Organization:   organization,
			CaCertificates: certificates,
			Kubernetes:     &oidcrunner.ClusterWithKeysArgs{IssuerUrl: pulumi.String(args.Cluster.IssuerUrl)},
		})
		if err != nil {
			return err
		}
		runner, err := oidcrunner.NewKubernetesOidcRunner(ctx, "tested", &oidcrunner.KubernetesOidcRunnerArgs{
			Organization:    organization,
			CaCertificates:  certificates,
			AccessToken:     oidcrunner.RunnerAccessTokenArgs{Organization: &oidcrunner.OrganizationTokenArgs{}},
			Cluster:         oidcrunner.KubernetesClusterArgs{IssuerUrl: pulumi.String(args.Cluster.IssuerUrl)},
			Trust:           setup.Trust,
			Namespace:       pulumi.String(namespace),
			CreateNamespace: pulumi.BoolRef(true),
			Command:         pulumi.StringArray{pulumi.String("pulumi"), pulumi.String("whoami")},
		})
		if err != nil {
			return err
		}
		ctx.Export("workloadName", runner.WorkloadName)
		ctx.Export("workload", runner.Workload)
		ctx.Export("issuerUrl", setup.Issuer.IssuerUrl())
		ctx.Export("policyId", runner.Policy.PolicyId())
		return nil
	}
	ctx := context.Background()
	stack, err := auto.UpsertStackInlineSource(ctx, "go", "go", program)
	if err != nil {
		return err
	}
	switch command {
	case "up":
		_, err = stack.Up(ctx, optup.ProgressStreams(os.Stdout))
	case "again":
		if _, err = stack.Refresh(ctx, optrefresh.ExpectNoChanges()); err == nil {
			if _, err = stack.Up(ctx, optup.ExpectNoChanges()); err == nil {
				_, err = stack.Preview(ctx, optpreview.ExpectNoChanges())
			}
		}
	case "export":
		var exported any
		exported, err = stack.Export(ctx)
		_ = json.NewEncoder(os.Stdout).Encode(exported)
	default:
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout))
	}
	return err
}
