// Command easyrest-plugin-files is an EasyREST plugin whose tables are the CSV, JSON and NDJSON files of a directory. See
// README.md.
package main

import "easyrest"

func main() {
	easyrest.Serve(easyrest.Options{
		Name: "easyrest-plugin-files", Version: "0.1.0", Schemes: []string{"files"}, DB: &filesDB{},
	})
}
