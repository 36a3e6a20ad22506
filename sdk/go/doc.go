// Package easyrest makes a Go program a plugin of EasyREST: the program that puts a database or a cache of yours behind
// one REST API.
//
// A plugin implements [DBPlugin] or [CachePlugin] and calls [Serve]. Requests and answers are the messages of the
// package contract, which says of each field what it means. Rows are JSON that reaches the client byte for byte;
// [Value], [ParseObjects], [PrintRows] and [PrintMaps] read and write it without losing a digit, and [Table] answers
// requests for databases without a query language.
//
// Plugins written for the original EasyREST need the package easyrest/plugin instead of this one.
package easyrest
