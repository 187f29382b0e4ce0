-- +goose Up

-- The log's hashes and the status lists are public as the program signs them; nobody reads their rows under a role of their own.
drop policy own on certification.log_hash;
drop policy official on certification.log_hash;
drop policy own on certification.status_list;
drop policy official on certification.status_list;
revoke select on certification.log_hash, certification.status_list from peakseat_app;
