// Package marking shows questions to examinees, reads their answers and marks them. It is pure: no clock, no database, no
// randomness but what the caller hands in.
//
// # What an examinee is sent
//
// [Show] takes of a question what has to be asked and nothing else: never weights, feedback, guides, rubrics, required or
// forbidden words, the title, category or tags, and of a dialogue no line of the agent that stands behind a customer's
// line, because that is the author's example of an answer. Choices, right sides and items lie in an order of the
// examinee's own ([Layout]), which is kept and never sent: for an ordering question it is the key.
//
// # How much an answer earns
//
// Shares are of the question's points, never below nothing and never above all of them.
//
//	single_choice    the weight of the choice
//	multiple_choice  the sum of the weights of what was chosen. Where the author takes nothing away for any wrong choice, each
//	                 costs the whole divided by the number of right choices or of wrong ones, whichever are fewer: as much as
//	                 a right one earns at least, and so that choosing everything earns nothing
//	true_false       all or nothing
//	numeric          the best weight among the recognised numbers and ranges that hold it, ends included
//	short_text       the best weight among the recognised texts that it equals after [Fold]; * stands for anything, \* for *
//	matching         the share of left sides with their right side; equal right sides count alike
//	ordering         the share of neighbours of the right order that are neighbours, in that order, in the answer
//	open, dialogue   what graders give on the rubric; unanswered: nothing, at once
//
// Moodle differs in one point: it lets whoever ticks every box keep the whole where wrong choices cost nothing. A bank imported
// from there is marked by this table all the same, since an exam grants seats and must not be passed by ticking everything; an
// author who takes something away for a wrong choice is followed to the letter, there and here.
//
// A multiple choice that is exactly the answers of positive weight earns everything, though thirds do not add up.
package marking
