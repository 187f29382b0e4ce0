-- +goose Up
-- The program puts trainers' questions into the quiz of a pack's draft. Versions stay as they are, and the rest of the draft the merchant's.
grant update (quiz, changed_by, changed_at) on academy.pack_draft to peakseat_system;
