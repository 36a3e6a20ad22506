// Command generate writes the package contract from the proto files: the messages of easyrest.plugin.v1 with their
// comments. It compiles them itself, so that nothing but Go is needed. From this folder:
//
//	go run . -proto ../../../proto -out ../contract
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/protoutil"
	gengo "google.golang.org/protobuf/cmd/protoc-gen-go/internal_gengo"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const goPackage = "easyrest/contract;contract"

func main() {
	protoDir := flag.String("proto", "../../../proto", "folder of the contract")
	outDir := flag.String("out", "../contract", "folder of the generated package")
	flag.Parse()
	if err := generate(*protoDir, *outDir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(protoDir, outDir string) error {
	names, err := protoFiles(protoDir)
	if err != nil {
		return err
	}
	files, err := compile(protoDir, names)
	if err != nil {
		return err
	}
	response, err := generateGo(names, files)
	if err != nil {
		return err
	}
	return write(response, outDir)
}

func protoFiles(protoDir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(protoDir, "easyrest/plugin/v1/*.proto"))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("expected the contract in %s, found no proto file", protoDir)
	}
	names := make([]string, len(paths))
	for index, path := range paths {
		names[index] = "easyrest/plugin/v1/" + filepath.Base(path)
	}
	return names, err
}

func compile(protoDir string, names []string) (linker.Files, error) {
	compiler := protocompile.Compiler{
		Resolver:       &protocompile.SourceResolver{ImportPaths: []string{protoDir}},
		SourceInfoMode: protocompile.SourceInfoStandard, // the comments
	}
	return compiler.Compile(context.Background(), names...)
}

// What protoc-gen-go does with what protoc would hand it.
func generateGo(names []string, files linker.Files) (*pluginpb.CodeGeneratorResponse, error) {
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: names,
		Parameter:      proto.String("module=easyrest/contract"),
		ProtoFile:      descriptors(names, files),
	}
	plugin, err := protogen.Options{}.New(request)
	if err != nil {
		return nil, err
	}
	for _, file := range plugin.Files {
		gengo.GenerateFile(plugin, file)
	}
	return plugin.Response(), nil
}

// Imported files come before those that import them.
func descriptors(names []string, files linker.Files) []*descriptorpb.FileDescriptorProto {
	var all []*descriptorpb.FileDescriptorProto
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		descriptor := protoutil.ProtoFromFileDescriptor(files.FindFileByPath(name))
		for _, dependency := range descriptor.Dependency {
			add(dependency)
		}
		descriptor = proto.Clone(descriptor).(*descriptorpb.FileDescriptorProto)
		descriptor.Options = &descriptorpb.FileOptions{GoPackage: proto.String(goPackage)}
		all = append(all, descriptor)
	}
	for _, name := range names {
		add(name)
	}
	return all
}

func write(response *pluginpb.CodeGeneratorResponse, outDir string) error {
	if response.Error != nil {
		return fmt.Errorf("protoc-gen-go: %s", response.GetError())
	}
	for _, file := range response.File {
		path := filepath.Join(outDir, filepath.Base(file.GetName()))
		if err := os.WriteFile(path, []byte(file.GetContent()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
