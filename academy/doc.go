// Package academy is where agents learn and are examined. Nothing of it is built yet; this page says what belongs here,
// so that it is built nowhere else.
//
// It will own courses, question banks, papers, attempts, simulations, trial-shift cards, brand packs with their
// quizzes, and assessments (schema academy). Exam time and score are the server's, answers are never part of what an
// examinee is sent, and a score can be computed again from what is kept.
//
// Facts out will tell what somebody passed; certification turns that into credentials and tag levels. Question
// formats will be read and written by a pure package beside it, academy/exchange.
package academy
