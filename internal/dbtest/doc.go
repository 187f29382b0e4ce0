// Package dbtest gives tests real databases of their own.
//
// All test processes of one user share one private PostgreSQL without crash safety, in memory where /dev/shm has room:
//
//	test process A --+                          +-- postgres (fast, on /dev/shm)
//	test process B --+-- users.lock (shared)    |
//	      ...        |        keeper -----------+
//
// The first process that wants a database starts the keeper: the same test binary once more, detached, told by its
// environment to be the keeper and nothing else. The keeper starts PostgreSQL and lives as long as any process holds
// users.lock, plus a grace of 10 seconds so that the packages of one `go test ./...` meet the same server. Then it stops
// PostgreSQL and removes every file. The kernel drops locks however a process dies, so that no crash of a test can keep
// the server alive; and a keeper that is killed takes PostgreSQL with it (Linux). Nobody has to clean up.
//
// A database is a copy of a template (25 ms), and the template is made once per key by the caller's migrations. What
// PostgreSQL keeps outside a database is shared by all tests: roles above all. What it keeps about a database by name is
// not copied: ALTER DATABASE .. SET, and rights granted on the database itself.
//
// A copy is given back when its test ends, and dropped in the background, also when the process dies.
package dbtest
