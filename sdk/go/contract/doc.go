// Package contract holds the messages of the EasyREST plugin contract, easyrest.plugin.v1, as protoc-gen-go writes them
// from proto/easyrest/plugin/v1, whose comments they carry. Everything beside this file is generated.
package contract

// Fails, in the test of the SDK, when the generated files are not those of the proto files.
//go:generate sh -c "cd ../generate && go run . -proto ../../../proto -out ../contract"
