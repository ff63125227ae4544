//go:build tools

// Package tools pins the Pulumi CLI: its command is a package main, which a build tag lets go.mod name.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
