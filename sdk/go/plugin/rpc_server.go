package plugin

// The sides of a plugin that net/rpc calls. Errors travel as text.

// DBPluginRPCServer serves a DBPlugin.
type DBPluginRPCServer struct{ Impl DBPlugin }

// InitConnection and the methods below are those of the interface, as net/rpc wants them.
func (s *DBPluginRPCServer) InitConnection(request InitConnectionRequest, response *InitConnectionResponse) error {
	response.Error = textOf(s.Impl.InitConnection(request.URI))
	return nil
}

// TableGet serves DBPlugin.TableGet.
func (s *DBPluginRPCServer) TableGet(request TableGetRequest, response *TableGetResponse) error {
	rows, err := s.Impl.TableGet(request.UserID, request.Table, request.SelectFields, request.Where,
		request.Ordering, request.GroupBy, request.Limit, request.Offset, request.Ctx)
	*response = TableGetResponse{rows, textOf(err)}
	return nil
}

// TableCreate serves DBPlugin.TableCreate.
func (s *DBPluginRPCServer) TableCreate(request TableCreateRequest, response *TableCreateResponse) error {
	rows, err := s.Impl.TableCreate(request.UserID, request.Table, request.Data, request.Ctx)
	*response = TableCreateResponse{rows, textOf(err)}
	return nil
}

// TableUpdate serves DBPlugin.TableUpdate.
func (s *DBPluginRPCServer) TableUpdate(request TableUpdateRequest, response *TableUpdateResponse) error {
	updated, err := s.Impl.TableUpdate(request.UserID, request.Table, request.Data, request.Where, request.Ctx)
	*response = TableUpdateResponse{updated, textOf(err)}
	return nil
}

// TableDelete serves DBPlugin.TableDelete.
func (s *DBPluginRPCServer) TableDelete(request TableDeleteRequest, response *TableDeleteResponse) error {
	deleted, err := s.Impl.TableDelete(request.UserID, request.Table, request.Where, request.Ctx)
	*response = TableDeleteResponse{deleted, textOf(err)}
	return nil
}

// CallFunction serves DBPlugin.CallFunction.
func (s *DBPluginRPCServer) CallFunction(request CallFunctionRequest, response *CallFunctionResponse) error {
	result, err := s.Impl.CallFunction(request.UserID, request.FuncName, request.Data, request.Ctx)
	*response = CallFunctionResponse{result, textOf(err)}
	return nil
}

// GetSchema serves DBPlugin.GetSchema.
func (s *DBPluginRPCServer) GetSchema(request GetSchemaRequest, response *GetSchemaResponse) error {
	schema, err := s.Impl.GetSchema(request.Ctx)
	*response = GetSchemaResponse{schema, textOf(err)}
	return nil
}

// DBQueryPluginRPCServer serves a DBQueryPlugin.
type DBQueryPluginRPCServer struct{ Impl DBQueryPlugin }

// InitConnection serves DBQueryPlugin.InitConnection.
func (s *DBQueryPluginRPCServer) InitConnection(request InitConnectionRequest, response *InitConnectionResponse) error {
	response.Error = textOf(s.Impl.InitConnection(request.URI))
	return nil
}

// QueryCall serves DBQueryPlugin.QueryCall.
func (s *DBQueryPluginRPCServer) QueryCall(request QueryRequest, response *QueryResponse) error {
	rows, err := s.Impl.QueryCall(request.Query, request.Ctx)
	*response = QueryResponse{rows, textOf(err)}
	return nil
}

// CachePluginRPCServer serves a CachePlugin.
type CachePluginRPCServer struct{ Impl CachePlugin }

// InitConnection serves CachePlugin.InitConnection.
func (s *CachePluginRPCServer) InitConnection(
	request CacheInitConnectionRequest, response *CacheInitConnectionResponse,
) error {
	response.Error = textOf(s.Impl.InitConnection(request.URI))
	return nil
}

// Set serves CachePlugin.Set.
func (s *CachePluginRPCServer) Set(request CacheSetRequest, response *CacheSetResponse) error {
	response.Error = textOf(s.Impl.Set(request.Key, request.Value, request.TTL))
	return nil
}

// Get serves CachePlugin.Get.
func (s *CachePluginRPCServer) Get(request CacheGetRequest, response *CacheGetResponse) error {
	value, err := s.Impl.Get(request.Key)
	*response = CacheGetResponse{value, textOf(err)}
	return nil
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	if text := err.Error(); text != "" {
		return text
	}
	return "the plugin failed without a text"
}
