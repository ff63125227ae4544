// The official Kubernetes provider, from its own Go module. The module's own command embeds two files that its repository
// does not keep (pulumi/pulumi-kubernetes @f47bc2d, provider/cmd/pulumi-resource-kubernetes/main.go), so this one reads
// what they are made from beside the binary, where the toolchain puts them.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

func main() {
	executable, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	directory := filepath.Dir(executable)
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			log.Fatal(err)
		}
		return content
	}
	// The engine warns of a plugin that says it is older than the program's SDK, so it says what it is installed as.
	version := strings.TrimPrefix(filepath.Base(directory), "resource-kubernetes-v")
	provider.Serve("kubernetes", version, read("schema.json"), read("terraform-mapping.json"))
}
