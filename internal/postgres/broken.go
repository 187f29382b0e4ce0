package postgres

import (
	"errors"
	"io"
	"net"
)

// broken tells whether err is a connection that ended under us.
func broken(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &op)
}
