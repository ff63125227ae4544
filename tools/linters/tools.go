//go:build tools

// Package tools pins actionlint: its command is a package main, which a build tag lets go.mod name.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
