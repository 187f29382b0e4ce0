// Package simulation plays scripted customers against an agent's replies, and scores the run.
//
// It is pure: a run is a function of a script, a language, a seed and the agent's timed replies, so that what is kept of a
// run is its replies, and transcript and score can be computed again at any time. What happened until a moment never
// depends on what comes after it.
//
// A script is one JSON object:
//
//	{
//	  "code": "presale_sizes", "name": {"zh": "..", "en": ".."}, "about": {"zh": "..", "en": ".."},
//	  "seconds": 600,                      the longest a run lasts
//	  "pass": 7000,                        the score to pass, in hundredths of a percent
//	  "typing": [1, 4],                    seconds a customer takes to write a line, drawn by the seed
//	  "scoring": {                         weights are percent and sum to 100
//	    "first_response": {"weight": 25, "full": 5, "zero": 30},           seconds: full mark up to, none from
//	    "answer_ratio": {"weight": 15, "target": 1200, "free": 300, "zero": 1000},  thousandths: full mark within free of the target, none from zero off it
//	    "points": {"weight": 45},
//	    "forbidden": {"weight": 15, "each": 5000}                          what each hit takes, in hundredths of a percent
//	  },
//	  "intents": {"ask_height": ["身高", "how tall", "height & weight"]},  phrases; & joins parts that must all be said
//	  "forbidden": [{"id": "promise", "when": {"any": ["promise"]}, "why": {"zh": "..", "en": ".."}, "red_line": false}],
//	  "dialogues": [{
//	    "id": "c1", "customer": {"zh": "小雨", "en": "Rain"},
//	    "begins": [0, 5],                  seconds after the run began, drawn by the seed
//	    "start": "ask",
//	    "states": {
//	      "ask": {
//	        "say": [{"zh": ["在吗", "你好"], "en": ["Hi", "Hello"]}],      lines; of each one variant is drawn
//	        "rules": [{"when": {"any": ["ask_height"]}, "to": "tell"}],    the first that holds for all said in the state
//	        "otherwise": {"after": 2, "to": "confused"},                   after so many replies that no rule held for
//	        "impatient": [{"after": 30, "say": {..}}, {"after": 40, "to": "left"}]   in turn, when the agent is silent
//	      },
//	      "left": {"say": [..], "ends": "lost"}                            or "served"
//	    },
//	    "points": [{"id": "probe", "zh": "..", "en": "..", "when": {"all": ["ask_height"]}, "before": "tell"}]
//	  }]
//	}
//
// A condition holds where one of any, every one of all and none of none were said. Letter case, full-width forms and the
// amount of white space make no difference; a phrase that begins or ends with a Latin letter or a digit matches whole
// words there. A point's before names a state: what is said after the customer came there does not earn it.
package simulation
