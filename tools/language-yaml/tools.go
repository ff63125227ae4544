//go:build tools

// Pins the modules of Pulumi's language host for YAML. There is nothing of ours to build here.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
