module easyrest/generate

go 1.19

require (
	github.com/bufbuild/protocompile v0.6.0
	google.golang.org/protobuf v1.33.0
)

require golang.org/x/sync v0.3.0 // indirect
