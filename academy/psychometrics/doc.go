// Package psychometrics says how good the questions of a paper are, and how able somebody is by their answers. It is pure: no
// clock, no database, no randomness but what the caller hands in.
//
// # Classical statistics
//
// Examinees of one paper have different forms, so nothing here wants everybody to have every item. Where everybody has,
// the figures are the textbook's:
//
//   - [Items]: facility, and discrimination as the correlation of an item with the rest of the form (the corrected
//     point-biserial: Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28, 1963, 211-218).
//   - [Reliability]: KR-20 (Kuder and Richardson, The theory of the estimation of test reliability, Psychometrika 2, 1937,
//     151-160), which for items with part marks is Cronbach's alpha.
//   - [Distractors]: who chose which answer, with the upper and lower 27% (Kelley, The selection of upper and lower groups
//     for the validation of test items, Journal of Educational Psychology 30, 1939, 17-24).
//
// # Models of answers
//
// The chance that somebody of ability t answers an item right is 1/(1+exp(-a(t-b))): the two-parameter logistic model
// (Birnbaum, in Lord and Novick, Statistical Theories of Mental Test Scores, 1968), or with one a for all items Rasch's.
// Abilities of the group that was examined are standard normal by definition; a has no factor 1.7.
//
//   - [Calibrate]: marginal maximum likelihood by EM (Bock and Aitkin, Marginal maximum likelihood estimation of item
//     parameters, Psychometrika 46, 1981, 443-459); with priors, the Bayes modal estimate (Mislevy, Bayes modal estimation in
//     item response models, Psychometrika 51, 1986, 177-195). Standard errors come from the empirical information matrix.
//   - [EAP]: the mean and spread of what the answers leave possible (Bock and Mislevy, Adaptive EAP estimation of ability in a
//     microcomputer environment, Applied Psychological Measurement 6, 1982, 431-444), and [MLE]: the most likely ability.
//   - [Next]: the items that tell most about an ability (maximum information; Lord, Applications of Item Response Theory to
//     Practical Testing Problems, 1980).
package psychometrics
