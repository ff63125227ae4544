// Kubernetes pods that log in to Pulumi Cloud with their own identity token: no stored secret. Pulumi components for every language.
package oidcrunner
