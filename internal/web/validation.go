package web

import (
	"strings"

	"peakseat/internal/fault"
)

// validationText gives the code and both languages of what schema validation says. The
// English beginnings are huma's; what it adds behind them is the limit and stays.
func validationText(message string) (code string, text fault.Text) {
	for _, v := range []struct{ begins, code, zh string }{
		{"unexpected property", "unknown_field", "没有这个字段。"},
		{"expected required property", "required", "缺少必填字段："},
		{"expected property", "required", "缺少相关字段："},
		{"required ", "required", "缺少必填参数："},
		{"expected string to be RFC 3339 date-time", "bad_time", "应为 RFC 3339 时间，例如 2026-11-11T18:00:00+08:00。"},
		{"expected string to be RFC 3339 date", "bad_date", "应为日期，例如 2026-11-11。"},
		{"expected string to be RFC 3339 time", "bad_time", "应为时刻，例如 18:00。"},
		{"expected string to be RFC 5322 email", "bad_email", "应为电子邮箱地址。"},
		{"expected string to be RFC 4122 uuid", "bad_id", "应为 UUID。"},
		{"expected string to match pattern", "bad_format", "格式不对，应符合："},
		{"expected string to be", "bad_format", "格式不对，应为："},
		{"expected value to be one of", "not_one_of", "只能是下列之一："},
		{"expected number >=", "too_small", "不能小于："},
		{"expected number >", "too_small", "必须大于："},
		{"expected number <=", "too_large", "不能大于："},
		{"expected number <", "too_large", "必须小于："},
		{"expected number to be a multiple of", "not_a_multiple", "必须是其倍数："},
		{"expected length >=", "too_short", "长度至少为："},
		{"expected length <=", "too_long", "长度最多为："},
		{"expected array length >=", "too_few", "项数至少为："},
		{"expected array length <=", "too_many", "项数最多为："},
		{"expected array items to be unique", "not_unique", "各项不能重复。"},
		{"expected boolean", "not_a_boolean", "应为 true 或 false。"},
		{"expected integer", "not_an_integer", "应为整数。"},
		{"expected number", "not_a_number", "应为数字。"},
		{"expected string", "not_a_string", "应为字符串。"},
		{"expected array", "not_an_array", "应为数组。"},
		{"expected object", "not_an_object", "应为对象。"},
		{"invalid", "unreadable", "无法读取。"},
		{"request body is required", "required", "请求内容不能为空。"},
		{"request body is too large", "too_large", "请求内容太大。"},
	} {
		if rest, ok := strings.CutPrefix(message, v.begins); ok {
			zh := v.zh
			if strings.HasSuffix(zh, "：") {
				zh += strings.TrimSuffix(strings.TrimSpace(rest), " to be present")
			}
			return v.code, fault.Text{ZH: zh, EN: sentence(message)}
		}
	}
	// what cannot be read as JSON: the decoder's own words hold positions, no values worth hiding
	return "unreadable", fault.Text{ZH: "无法读取这段内容。", EN: "This cannot be read."}
}

func sentence(s string) string {
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
