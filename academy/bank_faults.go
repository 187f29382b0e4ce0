package academy

import "peakseat/internal/fault"

// The refusals of banks and papers.
var (
	ErrBankCode = fault.New(fault.Conflict, "bank_exists",
		"已有同名代码的题库。", "A question bank with this code exists.")
	ErrQuestionRef = fault.New(fault.Conflict, "question_exists",
		"题库里已有这个编号的题目，请为它添加新版本。", "The bank has a question with this id; add a version to it.")
	ErrQuestionSame = fault.New(fault.Conflict, "question_same",
		"题库里已有内容相同的题目。", "The bank has a question that asks the same.")
	ErrQuestionRaced = fault.New(fault.Conflict, "question_changed",
		"题目刚有了新版本，请重新读取。", "The question has just got a newer version; read it again.")
	ErrQuestionRetired = fault.New(fault.Conflict, "question_retired",
		"这道题已停用。", "This question is retired.")
	ErrImport = fault.New(fault.Invalid, "import_refused",
		"文件有误，一道题也没有导入，请按下面列出的各处修改。", "The files have errors and nothing was imported; correct the lines listed below.")
	ErrExport = fault.New(fault.Conflict, "export_loses",
		"这种格式写不下下面列出的内容；可接受丢失，或改用 CSV 或 XLSX。", "The format cannot say what is listed below; accept the loss, or use CSV or XLSX.")
	ErrPaperCode = fault.New(fault.Conflict, "paper_exists",
		"已有同名代码的试卷。", "A paper with this code exists; add a version to it.")
	ErrPaperDraft = fault.New(fault.Conflict, "paper_has_draft",
		"这份试卷已有一个草稿版本，请先发布它。", "The paper has a draft version; publish that one first.")
	ErrPaperPublished = fault.New(fault.Conflict, "paper_published",
		"已发布的试卷版本不能修改，请建立新版本。", "A published version never changes; add a version.")
	ErrBlueprint = fault.New(fault.Conflict, "blueprint_short",
		"题库里的题目不够组成这份试卷。", "The banks have too few questions for this blueprint.")
	ErrFormsExhausted = fault.New(fault.Conflict, "forms_exhausted",
		"剩下的新题不够组成一份不同的试卷，请联系培训师。", "Too few unseen questions are left for a different form; tell a trainer.")
)

func bankRefusals() map[string]*fault.Fault {
	return map[string]*fault.Fault{
		"bank_code_key":                            ErrBankCode,
		"question_bank_id_ref_key":                 ErrQuestionRef,
		"question_retired_once":                    ErrQuestionRetired,
		"question_version_question_id_version_key": ErrQuestionRaced,
		"paper_code_key":                           ErrPaperCode,
		"paper_version_one_draft":                  ErrPaperDraft,
		"paper_version_paper_id_version_key":       ErrPaperDraft,
		"paper_version_published":                  ErrPaperPublished,
	}
}
