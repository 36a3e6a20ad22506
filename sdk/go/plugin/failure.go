package plugin

import (
	"errors"
	"net/http"
	"strings"

	"easyrest"
)

// failure: what an error may tell is known of the SDK's own alone, and of one that the original's plugins use.
func failure(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return easyrest.Errorf(easyrest.ReasonUnsupported, "the plugin does not support this")
	}
	return err
}

// The plugin itself says which URIs are meant for it, but not why it refuses one.
func connectionFailure(err error, uri string) error {
	var known *easyrest.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	easyrest.Log.Error("InitConnection failed: " + err.Error())
	if expected := schemes(programName()); len(expected) > 0 && !strings.HasPrefix(strings.ToLower(uri), expected[0]+"://") {
		return easyrest.Errorf(easyrest.ReasonBadValue,
			"expected a URI that begins with %s://, as the program's name says, or another that the plugin accepts; its log "+
				"says why it did not", expected[0])
	}
	return easyrest.Errorf(easyrest.ReasonUnavailable, "the plugin could not connect; its log says why")
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
