// Command control-plane is etcd, kube-apiserver and kube-controller-manager in one binary, built from the modules pinned
// in go.mod. The lab uses it where no ready-made binaries (KUBEBUILDER_ASSETS, PATH) are found.
//
// Usage: control-plane etcd|kube-apiserver|kube-controller-manager FLAGS
package main

import (
	"fmt"
	"os"
	"time"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	kcm "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/pkg/controller/job"
)

// The Job controller has no flag for these two; without them every test of a failing or finishing Job waits seconds.
// Unset, Kubernetes' own defaults hold (1 s and 10 s).
func accelerateJobs() error {
	for name, target := range map[string]*time.Duration{
		"LAB_JOB_SYNC_BATCH_PERIOD":   &job.SyncJobBatchPeriod,
		"LAB_JOB_POD_FAILURE_BACKOFF": &job.DefaultJobPodFailureBackOff,
	} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		duration, err := time.ParseDuration(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*target = duration
	}
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: control-plane etcd|kube-apiserver|kube-controller-manager FLAGS")
		os.Exit(2)
	}
	if err := accelerateJobs(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	switch component, flags := os.Args[1], os.Args[2:]; component {
	case "etcd":
		etcdmain.Main(append([]string{"etcd"}, flags...))
	case "kube-apiserver":
		command := apiserver.NewAPIServerCommand()
		command.SetArgs(flags)
		os.Exit(cli.Run(command))
	case "kube-controller-manager":
		command := kcm.NewControllerManagerCommand()
		command.SetArgs(flags)
		os.Exit(cli.Run(command))
	default:
		fmt.Fprintf(os.Stderr, "control-plane: unknown component %q\n", component)
		os.Exit(2)
	}
}
