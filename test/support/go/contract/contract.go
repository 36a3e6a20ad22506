// Package contract reads the plugin contract from its proto files, so that nothing generated has to be kept beside them.
package contract

import (
	"context"
	"fmt"
	"os"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	plugin "github.com/hashicorp/go-plugin"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Handshake is what both programs agree on.
var Handshake = plugin.HandshakeConfig{MagicCookieKey: "EASYREST_PLUGIN", MagicCookieValue: "easyrest"}

// Version of the application protocol, and Name of the one plugin a program serves.
const (
	Version = 2
	Name    = "easyrest"
)

// Contract is the package easyrest.plugin.v1.
type Contract struct{ files linker.Files }

// Load reads the files below the directory that EASYREST_PROTO_DIR names.
func Load() (Contract, error) {
	source := &protocompile.SourceResolver{ImportPaths: []string{os.Getenv("EASYREST_PROTO_DIR")}}
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(source)}
	files, err := compiler.Compile(context.Background(),
		"easyrest/plugin/v1/plugin.proto", "easyrest/plugin/v1/db.proto", "easyrest/plugin/v1/cache.proto")
	return Contract{files}, err
}

// Method finds a call, for example "DBPlugin", "TableGet".
func (c Contract) Method(service, name string) (protoreflect.MethodDescriptor, error) {
	for _, file := range c.files {
		if found := file.Services().ByName(protoreflect.Name(service)); found != nil {
			if method := found.Methods().ByName(protoreflect.Name(name)); method != nil {
				return method, nil
			}
		}
	}
	return nil, fmt.Errorf("the contract has no call %s.%s", service, name)
}
