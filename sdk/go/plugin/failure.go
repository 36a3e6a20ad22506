package plugin

import (
	"errors"
	"net/http"

	"easyrest"
)

// failure: what an error may tell is known of the SDK's own alone, and of one that the original's plugins use.
func failure(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return easyrest.Errorf(easyrest.ReasonUnsupported, "the plugin does not support this")
	}
	return err
}

func connectionFailure(err error) error {
	var known *easyrest.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	easyrest.Log.Error("InitConnection failed: " + err.Error())
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
