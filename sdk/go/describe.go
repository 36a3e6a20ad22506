package easyrest

import "easyrest/contract"

// describe is what GetInfo answers.
func describe(options Options) *contract.GetInfoResponse {
	info := &contract.GetInfoResponse{
		Name: options.Name, Version: options.Version, Schemes: options.Schemes, Limits: options.Limits,
		Sdk:          "easyrest-go " + Version,
		Capabilities: []string{string(capabilitySession)},
	}
	if options.DB != nil {
		info.Roles = append(info.Roles, contract.Role_ROLE_DB)
		for _, capability := range dbCapabilities(options.DB) {
			info.Capabilities = append(info.Capabilities, string(capability))
		}
	}
	if options.Cache != nil {
		info.Roles = append(info.Roles, contract.Role_ROLE_CACHE)
		if _, ok := options.Cache.(CacheDeleter); ok {
			info.Capabilities = append(info.Capabilities, string(capabilityCacheDelete))
		}
	}
	return info
}

// What a session calls the methods of the services; InitConnection is never inside.
var (
	dbMethods = map[string]contract.Method{
		"TableGet":     contract.Method_METHOD_TABLE_GET,
		"TableCreate":  contract.Method_METHOD_TABLE_CREATE,
		"TableUpdate":  contract.Method_METHOD_TABLE_UPDATE,
		"TableDelete":  contract.Method_METHOD_TABLE_DELETE,
		"CallFunction": contract.Method_METHOD_CALL_FUNCTION,
		"GetSchema":    contract.Method_METHOD_GET_SCHEMA,
		"Query":        contract.Method_METHOD_QUERY,
		"EnsureTable":  contract.Method_METHOD_ENSURE_TABLE,
		"TableBatch":   contract.Method_METHOD_TABLE_BATCH,
	}
	cacheMethods = map[string]contract.Method{
		"Get":    contract.Method_METHOD_CACHE_GET,
		"Set":    contract.Method_METHOD_CACHE_SET,
		"Delete": contract.Method_METHOD_CACHE_DELETE,
	}
)

func addSessionMethods(session map[contract.Method]*operation, methods operations, names map[string]contract.Method) {
	for name, method := range names {
		session[method] = methods[name]
	}
}
