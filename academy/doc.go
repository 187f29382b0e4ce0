// Package academy is where agents learn and are examined.
//
// It owns courses, question banks, papers, attempts, simulations, trial-shift cards, brand packs with their
// quizzes, and assessments (schema academy). Exam time and score are the server's, answers are never part of what an
// examinee is sent, and a score can be computed again from what is kept.
//
// Facts out tell what somebody passed; certification turns that into credentials and tag levels. Question
// formats are read and written by a pure package beside it, academy/exchange; academy/marking shows questions without
// their keys and says what an answer earns.
package academy
