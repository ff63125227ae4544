package main

import (
	"example.com/pulumi-oidc-runner/sdk/go/oidcrunner"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")

		// A Job on GKE with an access token of the organization and a Google service account, and no stored secret for either.
		runner, err := oidcrunner.NewGkeOidcRunner(ctx, "deployer", &oidcrunner.GkeOidcRunnerArgs{
			Organization: pulumi.String(conf.Require("organization")),
			AccessToken:  oidcrunner.RunnerAccessTokenArgs{Organization: &oidcrunner.OrganizationTokenArgs{}},
			Cluster: oidcrunner.GkeRunnerClusterArgs{
				Project:  optional(conf, "project"),
				Location: pulumi.String(conf.Require("location")),
				Name:     pulumi.String(conf.Require("clusterName")),
			},
			Namespace:       pulumi.String("pulumi-gke"),
			CreateNamespace: pulumi.BoolRef(true),
			Gcp: &oidcrunner.GkeGcpArgs{
				ServiceAccount: &oidcrunner.GkeServiceAccountArgs{
					ProjectRoles: []string{"roles/storage.objectViewer"},
				},
			},
			Waive: oidcrunner.LintWaiverArray{
				oidcrunner.LintWaiverArgs{
					Name:   oidcrunner.WaivableFinding_IDENTITY_SAMENESS,
					Reason: pulumi.String("all clusters of this project are ours"),
				},
			},
			Command: pulumi.StringArray{pulumi.String("pulumi"), pulumi.String("whoami")},
		})
		if err != nil {
			return err
		}

		ctx.Export("workloadName", runner.WorkloadName)
		ctx.Export("namespace", runner.Namespace)
		ctx.Export("serviceAccountEmail", runner.ServiceAccountEmail)
		ctx.Export("subject", runner.Subject)
		ctx.Export("issuerId", runner.IssuerId)
		return nil
	})
}

// optional is a value of the configuration, or none.
func optional(conf *config.Config, key string) pulumi.StringPtrInput {
	if value := conf.Get(key); value != "" {
		return pulumi.String(value)
	}
	return nil
}
