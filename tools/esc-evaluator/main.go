// Evaluates definitions of Pulumi ESC environments with the evaluator that the Pulumi CLI of the same version holds. It reads
// one request, a line of JSON, from standard input and ends with one answer, a line of JSON, on standard output. In between it
// may ask for imported environments and for logins: a line out, a line back.
package main

import (
	"bufio"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/esc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/esc/eval"
	"github.com/pulumi/pulumi/sdk/v3/go/common/esc/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/esc/syntax"
)

type request struct {
	// check, open, encrypt or decrypt.
	Action string `json:"action"`
	// What the definition is called in positions, and as the root environment.
	Name       string `json:"name"`
	Definition string `json:"definition"`
	// Whether a check decrypts secrets.
	ShowSecrets bool `json:"showSecrets"`
	// Values of `context`.
	Context map[string]any `json:"context"`
	// Key of the secrets: 32 bytes, base64.
	Key []byte `json:"key"`
}

type answer struct {
	Environment *esc.Environment `json:"environment,omitempty"`
	Definition  string           `json:"definition,omitempty"`
	Diagnostics []diagnostic     `json:"diagnostics"`
}

// As in the API's answers (pulumi/pulumi at v3.259.0, pkg/cmd/esc/cli/client/apitype.go).
type diagnostic struct {
	Range    *esc.Range `json:"range,omitempty"`
	Summary  string     `json:"summary,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Severity string     `json:"severity,omitempty"`
}

// The lab at the other end of standard input and output.
type lab struct {
	mutex   sync.Mutex
	input   *bufio.Reader
	secrets secrets
}

func (l *lab) read(value any) error {
	line, err := l.input.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, value)
}

func (l *lab) ask(question map[string]any, reply any) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"ask": question}); err != nil {
		return err
	}
	var line struct {
		Error string          `json:"error"`
		Value json.RawMessage `json:"value"`
	}
	if err := l.read(&line); err != nil {
		return err
	}
	if line.Error != "" {
		return errors.New(line.Error)
	}
	return json.Unmarshal(line.Value, reply)
}

func (l *lab) LoadEnvironment(_ context.Context, name string) ([]byte, eval.Decrypter, error) {
	var definition string
	err := l.ask(map[string]any{"environment": name}, &definition)
	return []byte(definition), l.secrets, err
}

func (l *lab) AuthorizeImport(context.Context, string, string, bool) error {
	return nil
}

func (l *lab) LoadProvider(_ context.Context, name string) (esc.Provider, error) {
	if login, ok := logins[name]; ok {
		return provider{lab: l, name: name, login: login}, nil
	}
	// The words of the CLI's own tests; the service's are not published.
	return nil, fmt.Errorf("unknown provider %q", name)
}

func (l *lab) LoadRotator(_ context.Context, name string) (esc.Rotator, error) {
	return nil, fmt.Errorf("unknown rotator %q", name)
}

type login struct {
	inputs, outputs schema.Builder
}

// Inputs and outputs of the logins that the lab has (pulumi/docs at 146e7a77, content/docs/esc/providers/login/gcp-login.md; at
// 024c22c2, aws-login.md and azure-login.md; at 3beb0e84, oidc.md). Of aws-login and gcp-login only the form `oidc`.
var logins = map[string]login{
	"aws-login": {
		inputs: object(schema.SchemaMap{"oidc": object(schema.SchemaMap{
			"roleArn": text(), "sessionName": text(), "duration": text(), "policyArns": texts(), "subjectAttributes": texts(),
		}, "roleArn", "sessionName")}, "oidc"),
		outputs: object(schema.SchemaMap{
			"accessKeyId": text(), "secretAccessKey": text(), "sessionToken": text(),
		}, "accessKeyId", "secretAccessKey", "sessionToken"),
	},
	"azure-login": {
		inputs: object(schema.SchemaMap{
			"clientId": text(), "tenantId": text(), "subscriptionId": text(), "clientSecret": text(),
			"oidc": schema.Boolean().Schema(), "subjectAttributes": texts(),
		}, "clientId", "tenantId", "subscriptionId"),
		outputs: object(schema.SchemaMap{
			"clientId": text(), "tenantId": text(), "subscriptionId": text(), "clientSecret": text(),
			"oidc": object(schema.SchemaMap{"token": text()}, "token"),
		}, "clientId", "tenantId", "subscriptionId"),
	},
	"gcp-login": {
		inputs: object(schema.SchemaMap{"project": schema.Number().Schema(), "oidc": object(schema.SchemaMap{
			"workloadPoolId": text(), "providerId": text(), "serviceAccount": text(), "region": text(), "tokenLifetime": text(),
			"subjectAttributes": texts(),
		}, "workloadPoolId", "providerId", "serviceAccount")}, "project", "oidc"),
		outputs: object(schema.SchemaMap{
			"project": schema.Number().Schema(), "accessToken": text(), "tokenType": text(), "expiry": text(),
		}, "project", "accessToken", "tokenType"),
	},
	"oidc": {
		inputs: object(schema.SchemaMap{
			"audience": text(), "duration": text(), "identityToken": object(schema.SchemaMap{"version": text()}, "version"),
		}, "audience", "identityToken"),
		outputs: schema.String(),
	},
}

func object(properties schema.SchemaMap, required ...string) *schema.Schema {
	return schema.Object().Properties(properties).Required(required...).Schema()
}

func text() *schema.Schema {
	return schema.String().Schema()
}

func texts() *schema.Schema {
	return schema.Array().Items(schema.String()).Schema()
}

type provider struct {
	lab   *lab
	name  string
	login login
}

func (p provider) Schema() (*schema.Schema, *schema.Schema) {
	return p.login.inputs.Schema(), p.login.outputs.Schema()
}

// Which outputs are secret is not documented, but those of oidc: credentials are, and what tells of them is not.
func (p provider) Open(_ context.Context, inputs map[string]esc.Value, env esc.EnvExecContext) (esc.Value, error) {
	var made any
	err := p.lab.ask(map[string]any{
		"login":   p.name,
		"inputs":  esc.NewValue(inputs).ToJSON(false),
		"root":    env.GetRootEnvironmentName(),
		"current": env.GetCurrentEnvironmentName(),
	}, &made)
	if err != nil {
		return esc.Value{}, err
	}
	return credentials("", made), nil
}

func credentials(name string, made any) esc.Value {
	switch made := made.(type) {
	case map[string]any:
		values := map[string]esc.Value{}
		for name, value := range made {
			values[name] = credentials(name, value)
		}
		return esc.NewValue(values)
	case float64:
		return esc.NewValue(json.Number(fmt.Sprintf("%.0f", made)))
	case string:
		switch name {
		case "tokenType", "expiry", "accessKeyId", "clientId", "tenantId", "subscriptionId":
			return esc.NewValue(made)
		}
		return esc.NewSecret(made)
	default:
		return esc.Value{}
	}
}

// Encrypts by AES-GCM with the key of the request: nonce, then text and tag.
type secrets struct {
	aead cipher.AEAD
}

func newSecrets(key []byte) (secrets, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return secrets{}, err
	}
	aead, err := cipher.NewGCM(block)
	return secrets{aead}, err
}

func (s secrets) Encrypt(_ context.Context, plaintext []byte) ([]byte, error) {
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return s.aead.Seal(nonce, nonce, plaintext, nil), nil
}

func (s secrets) Decrypt(_ context.Context, ciphertext []byte) ([]byte, error) {
	size := s.aead.NonceSize()
	if len(ciphertext) < size {
		return nil, errors.New("the ciphertext is too short")
	}
	return s.aead.Open(nil, ciphertext[:size], ciphertext[size:], nil)
}

func evaluate(ctx context.Context, l *lab, r request) (answer, error) {
	source := []byte(r.Definition)
	var rewritten []byte
	var err error
	switch r.Action {
	case "encrypt":
		rewritten, err = eval.EncryptSecrets(ctx, r.Name, source, l.secrets)
	case "decrypt":
		rewritten, err = eval.DecryptSecrets(ctx, r.Name, source, l.secrets)
	}
	if r.Action == "encrypt" || r.Action == "decrypt" {
		var diagnostics syntax.Diagnostics
		if errors.As(err, &diagnostics) {
			return answer{Diagnostics: shown(diagnostics)}, nil
		}
		return answer{Definition: string(rewritten), Diagnostics: []diagnostic{}}, err
	}
	environment, diagnostics, err := eval.LoadYAMLBytes(r.Name, source)
	if err != nil || diagnostics.HasErrors() {
		return answer{Diagnostics: shown(diagnostics)}, err
	}
	values := map[string]esc.Value{}
	for name, value := range r.Context {
		if values[name], err = esc.FromJSON(value); err != nil {
			return answer{}, err
		}
	}
	surroundings, err := esc.NewExecContext(values)
	if err != nil {
		return answer{}, err
	}
	var evaluated *esc.Environment
	var more syntax.Diagnostics
	if r.Action == "open" {
		evaluated, more = eval.EvalEnvironment(ctx, r.Name, environment, l.secrets, l, l, surroundings, eval.EvalOptions{})
	} else {
		evaluated, more = eval.CheckEnvironment(
			ctx, r.Name, environment, l.secrets, l, l, surroundings, r.ShowSecrets, eval.EvalOptions{})
	}
	diagnostics.Extend(more...)
	if evaluated == nil {
		evaluated = &esc.Environment{}
	}
	return answer{Environment: evaluated, Diagnostics: shown(diagnostics)}, nil
}

func shown(diagnostics syntax.Diagnostics) []diagnostic {
	all := []diagnostic{}
	for _, d := range diagnostics {
		one := diagnostic{Summary: d.Summary, Detail: d.Detail, Severity: "error"}
		if d.Severity == hcl.DiagWarning {
			one.Severity = "warning"
		}
		if d.Subject != nil {
			one.Range = &esc.Range{
				Environment: d.Subject.Filename,
				Begin:       esc.Pos(d.Subject.Start),
				End:         esc.Pos(d.Subject.End),
			}
		}
		all = append(all, one)
	}
	return all
}

func run() error {
	l := &lab{input: bufio.NewReader(os.Stdin)}
	var r request
	err := l.read(&r)
	if err == nil {
		l.secrets, err = newSecrets(r.Key)
	}
	if err != nil {
		return err
	}
	result, err := evaluate(context.Background(), l, r)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"answer": result})
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
