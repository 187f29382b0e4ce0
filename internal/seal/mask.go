package seal

import (
	"strings"
	"unicode/utf8"
)

// MaskName shows the first character of a name: 张*, A*. How many follow is not told.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	if name == "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(name)
	return string(first) + "*"
}

// MaskEmail shows the first character and the domain: a***@example.com.
func MaskEmail(email string) string {
	email = strings.TrimSpace(email)
	at := strings.LastIndexByte(email, '@')
	switch {
	case email == "":
		return ""
	case at < 1:
		return "***"
	}
	first, _ := utf8.DecodeRuneInString(email)
	return string(first) + "***" + email[at:]
}

// MaskPhone shows the last four digits, and the first three of an eleven-digit Chinese mobile number: 138****8000.
func MaskPhone(phone string) string {
	digits := normalPhone(phone)
	switch {
	case digits == "":
		return ""
	case len(digits) < 8:
		return "****" // four digits of seven would be most of it
	case len(digits) == 13 && strings.HasPrefix(digits, "861"):
		return digits[2:5] + "****" + digits[9:]
	}
	return "****" + digits[len(digits)-4:]
}

// MaskIDNumber shows the first and the last character: 1****************X.
func MaskIDNumber(number string) string {
	normal := []rune(Normalise(IDNumber, number))
	if len(normal) < 6 {
		return strings.Repeat("*", len(normal))
	}
	return string(normal[:1]) + strings.Repeat("*", len(normal)-2) + string(normal[len(normal)-1:])
}

// MaskBankAccount shows the last four characters: **** 1234.
func MaskBankAccount(account string) string {
	normal := []rune(Normalise(BankAccount, account))
	switch {
	case len(normal) == 0:
		return ""
	case len(normal) < 8:
		return "****"
	}
	return "**** " + string(normal[len(normal)-4:])
}
