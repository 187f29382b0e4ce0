// Package devstack is the embedded default of PeakSeat: a private PostgreSQL and an in-process NATS server, so that the
// program runs on a machine where nothing was set up. Production points the same program at services of its own and
// needs nothing from here.
//
// A data directory belongs to one program at a time (Lock). In it lie
//
//	postgres/   data (owned by the account that PostgreSQL runs as), password, lock, postgres.log
//	nats/       JetStream's files, token, url, lock
//
// Life of the private PostgreSQL:
//
//	StartPostgres -> locate binaries -> initdb (once) -> exec postgres -> ready
//	      Run     -> restarts it on the same port and data whenever it dies, until the context ends
//	      Stop    -> SIGINT: a fast shutdown with a checkpoint
//	kill -9 of us -> the kernel sends the postmaster SIGINT (Linux); elsewhere the next start stops the orphan first
//
// PostgreSQL listens on the loopback address only, by TCP, for one superuser with a random password (scram-sha-256). It
// refuses to run as root, so that a root program starts it as the account postgres, else nobody; every directory above
// the data must then be open to that account.
//
// A second command on the same machine joins what a first one runs: OpenPostgres and JoinNATS.
package devstack
