// Package exchange reads and writes questions as files that other systems and people keep: GIFT, Moodle XML, Aiken, CSV
// and XLSX. It is pure: bytes in, questions or findings out.
//
// # What each format can say
//
//	kind            GIFT                    Moodle XML            Aiken            CSV, XLSX
//	single_choice   yes                     yes                   one right, bare  yes
//	multiple_choice yes                     yes                   no               yes
//	true_false      yes                     yes                   no               yes
//	numeric         yes                     ranges as value±half  no               yes
//	short_text      letter case not kept    yes                   no               yes
//	matching        no "->" on the left     yes                   no               yes
//	ordering        {>...} of the plug-in   type "ordering"       no               yes
//	open            no guide, no rubric     guide, no rubric      no               yes
//	dialogue        no                      no                    no               yes
//
//	attribute       GIFT           Moodle XML     Aiken   CSV, XLSX
//	id, tags        comment line   yes            no      yes
//	difficulty      tag            tag            no      yes
//	title, category yes            yes            no      yes
//	feedback        yes            yes            no      yes
//	text formats    yes            yes            plain   yes
//
// What a format cannot say is found by [Write], one [Finding] for each loss, and what a file says that a [Question]
// cannot hold is found by [Read] (Moodle's cloze, calculated and drag-and-drop questions, embedded files, hints): never
// dropped silently. The caller names the worst [Severity] that it accepts; above that nothing is read or written at all.
// Reading what was written gives the same questions, but that Moodle XML knows a numeric range as its middle and half
// its width (the bounds are the same), and that it knows a difficulty as the tag "difficulty:3".
//
// Settings of a quiz, not of a question, are left alone without a finding: Moodle's penalty, shuffling, numbering of
// choices, size of the answer box and layout.
//
// # Sources
//
//   - GIFT: https://docs.moodle.org/en/GIFT_format, and the expected parses of
//     https://github.com/fuhrmanator/GIFT-grammar-PEG.js. A line break in a text is a space, but in Markdown; a blank line
//     ends the question. Ordering is written as Moodle's qtype_ordering plug-in writes it.
//   - Moodle XML: https://docs.moodle.org/en/Moodle_XML_format. Document types and entities of one's own are refused.
//   - Aiken: https://docs.moodle.org/en/Aiken_format
//   - CSV: RFC 4180 in UTF-8, written with a byte order mark so that spreadsheets read Chinese. XLSX: ECMA-376, by excelize.
//
// # The table layout of CSV and XLSX
//
// The first row names the columns, in any order, in English or Chinese; the first sheet of a workbook is read. A row is a
// part of a question: a "question" row, then the rows that belong to it. An empty cell means none; a value in a column that
// its part does not have is refused.
//
//	part      columns
//	question  kind, text, format, id, title, category, difficulty (1 to 5), tags, case (yes: letter case counts),
//	          feedback, feedback_format, guide, guide_format
//	answer    text, format, weight (percent of the mark), feedback, feedback_format
//	          numeric: text is 5, 5:0.1 (tolerance), 4.9..5.1 or * (anything else); true_false: text is true or false
//	pair      text, format, match (text empty: a wrong match more)
//	item      text, format; the rows are in the right order
//	criterion text, points, guide, guide_format
//	turn      speaker (customer or agent), text, required, forbidden
//
// Lists (tags, required, forbidden) are one entry a line within the cell. An empty format is the question's, and the
// question's is plain. A cell that a spreadsheet would take for a formula (its first character after any apostrophes is one
// of = + - @, wide or not) is written with one apostrophe more, which reading takes away; plain numbers are left as they
// are. A formula in a workbook is read as its text and never calculated.
//
// # Limits
//
// [MaxBytes], [MaxUnpacked], [MaxQuestions], [MaxParts], [MaxText], [MaxRows], [MaxColumns], [MaxDepth] and
// [MaxFindings]. Files are UTF-8, with or without a byte order mark; GBK and UTF-16 are refused and said so. Texts are
// trimmed, and hold no control characters but line breaks and tabs. A workbook has no password and few merged cells.
package exchange
