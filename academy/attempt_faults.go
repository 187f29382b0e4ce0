package academy

import "peakseat/internal/fault"

// The refusals of attempts, their marking and what comes of it.
var (
	ErrAttemptOpen = fault.New(fault.Conflict, "attempt_open",
		"你有一场考试正在进行，请先完成它。", "You are sitting an exam; finish that one first.")
	ErrAttemptClosed = fault.New(fault.Conflict, "attempt_closed",
		"这场考试已经结束。", "This attempt is closed.")
	ErrTimeOver = fault.New(fault.Conflict, "time_over",
		"考试时间已到，之前保存的答案会计分。", "The time is over; what was saved before is marked.")
	ErrTakenOver = fault.New(fault.Conflict, "taken_over",
		"这场考试正在另一台设备上进行。要在这里继续，请先接管。", "This exam is being taken on another device. To go on here, take it over.")
	ErrPaused = fault.New(fault.Conflict, "attempt_paused",
		"考试已暂停，请先继续。", "The exam is paused; resume it first.")
	ErrNotPaused = fault.New(fault.Conflict, "attempt_not_paused",
		"考试没有暂停。", "The exam is not paused.")
	ErrNoPause = fault.New(fault.Conflict, "no_pause_left",
		"没有可用的暂停时间。", "There is no time left to pause.")
	ErrSeqReused = fault.New(fault.Conflict, "seq_reused",
		"这个序号已保存过另一个答案，请用更大的序号。", "Another answer was saved with this number; use a greater one.")
	ErrCoolDown = fault.New(fault.Conflict, "cool_down",
		"两次考试之间须间隔一段时间，请稍后再考。", "Some time must pass between two attempts; come back later.")
	ErrNoAttempts = fault.New(fault.Conflict, "no_attempts_left",
		"这份试卷的考试次数已用完，请联系培训师。", "There are no attempts left at this paper; tell a trainer.")
	ErrInGrading = fault.New(fault.Conflict, "attempt_in_grading",
		"你的上一份答卷还在评分，请等待结果。", "Your last attempt is still being graded; wait for its result.")
	ErrWindow = fault.New(fault.Conflict, "outside_window",
		"现在不在这份试卷的开放时间内。", "This paper cannot be begun now.")
	ErrNotGraded = fault.New(fault.Conflict, "not_graded",
		"这场考试还没有成绩。", "This attempt has no result yet.")
	ErrMarked = fault.New(fault.Conflict, "marked_already",
		"这道题已有人评过。", "Somebody has marked this answer.")
	ErrOwnAnswer = fault.New(fault.Forbidden, "own_answer",
		"不能评自己的答卷。", "Nobody marks answers of their own.")
	ErrSameGrader = fault.New(fault.Conflict, "other_grader_needed",
		"你评过这道题，须由另一人再评。", "You have marked this answer; another person marks it again.")
	ErrSecondMarking = fault.New(fault.Conflict, "nothing_to_mark_again",
		"没有可以复评的题目。", "There is no answer that can be marked again.")
	ErrFlagDecided = fault.New(fault.Conflict, "flag_decided",
		"这条提示已有结论。", "This flag is decided.")
	ErrInvolved = fault.New(fault.Forbidden, "involved",
		"不能判断与自己有关的提示。", "Nobody judges a flag about themselves.")
	ErrOwnAccommodation = fault.New(fault.Forbidden, "own_accommodation",
		"不能给自己便利措施。", "Nobody grants an accommodation to themselves.")
)

func attemptRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{
		"attempt_one_open":                       ErrAttemptOpen,
		"attempt_agent_id_paper_id_number_key":   ErrAttemptOpen,
		"attempt_closed":                         ErrAttemptClosed,
		"mark_pkey":                              ErrMarked,
		"mark_attempt_id_position_grader_id_key": ErrSameGrader,
		"mark_not_oneself":                       ErrOwnAnswer,
		"exam_flag_decision_pkey":                ErrFlagDecided,
		"exam_flag_decision_other_person":        ErrInvolved,
		"accommodation_other_person":             ErrOwnAccommodation,
	}
}
