package account

import (
	"regexp"
	"time"
)

// residentNumber is the form of a citizen's or resident's number (GB 11643-1999, and the cards that follow it): the place of
// first registration, the date of birth, a sequence, a check character. 71 and 81 to 83 are residents from Taiwan, Hong Kong
// and Macao, 9 foreigners with permanent residence.
var residentNumber = regexp.MustCompile(`^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)\d{4}\d{8}\d{3}[\dX]$`)

// birthOf is the date of birth that a normalised number holds, at midnight UTC; false where it is no number.
func birthOf(number string) (time.Time, bool) {
	if !residentNumber.MatchString(number) || !checks(number) {
		return time.Time{}, false
	}
	birth, err := time.Parse("20060102", number[6:14])
	return birth, err == nil && birth.Year() >= 1900
}

// checks tells whether the last character is the one that the others make (ISO 7064, MOD 11-2).
func checks(number string) bool {
	sum := 0
	for _, c := range number[:17] {
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return number[17] == "10X98765432"[sum]
}

// ageOn is in whole years; who was born on 29 February is a year older on 1 March.
func ageOn(birth, day time.Time) int {
	age := day.Year() - birth.Year()
	if day.Month() < birth.Month() || day.Month() == birth.Month() && day.Day() < birth.Day() {
		age--
	}
	return age
}

var (
	cardNumber  = regexp.MustCompile(`^\d{16,19}$`)
	phoneNumber = regexp.MustCompile(`^(?:861[3-9]\d{9}|(?:[1-79]\d|8[0-57-9])\d{6,13})$`)
)

// isPhone tells whether a normalised text is a number with its country's code; China's are mobile ones.
func isPhone(number string) bool { return phoneNumber.MatchString(number) }

// isCard tells whether a normalised text is the number of a bank card (ISO/IEC 7812: sixteen digits or more, the last of
// which Luhn's rule makes).
func isCard(number string) bool {
	if !cardNumber.MatchString(number) {
		return false
	}
	sum := 0
	for i := range number {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
	}
	return sum%10 == 0
}
