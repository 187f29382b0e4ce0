//go:build unix && !linux

package devstack

import "syscall"

// dieWithParent does nothing: only Linux has it. The next start stops an orphan instead.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

func isPostmaster(pid int, _ string) bool { return alive(pid) }
