//go:build unix

package report

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// errInUse says that another run writes into a directory.
var errInUse = errors.New("another run is writing here; wait for its end, or choose another place with --output-dir")

// lock keeps others from recording into the same file for as long as it is
// open. The system lets go of it however the program ends. Whoever reads needs
// no lock: the file only grows.
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) //nolint:gosec // a descriptor is small
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		return errInUse
	case errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOSYS):
		return nil // some network file systems have no locks, and results are good there too
	case err != nil:
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}
