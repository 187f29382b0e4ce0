package account

import (
	"errors"
	"time"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The context's refusals.
var (
	// ErrEmailTaken is told honestly: registration that pretends to succeed strands the many who
	// forgot that they have an account, and is itself a riddle without e-mail to answer by.
	// What it tells a collector of addresses is bounded by the throttle, which counts
	// every such answer as a guess.
	ErrEmailTaken = fault.New(fault.Conflict, "email_taken",
		"这个邮箱已经注册过，请直接登录。", "An account with this e-mail exists; sign in instead.")
	// ErrCredentials is the one answer to a wrong password and to an unknown address.
	ErrCredentials = fault.New(fault.Unauthenticated, "wrong_credentials",
		"邮箱或密码不对。", "The e-mail or the password is wrong.")
	// ErrDisabled is told only to whoever knows the password.
	ErrDisabled = fault.New(fault.Forbidden, "account_disabled",
		"这个账号已被停用，请联系平台运营。", "This account is disabled; contact the platform's operators.")
	ErrTooManyTries = fault.New(fault.TooMany, "too_many_tries",
		"尝试次数过多，请稍后再试。", "Too many tries; try again later.")
	ErrNoMembership = fault.New(fault.Forbidden, "no_membership",
		"这个账号目前不属于任何组织，请让组织负责人邀请你。", "This account belongs to no organisation; ask an owner to invite you.")
	ErrNotMember = fault.New(fault.NotFound, "organisation_not_found",
		"没有这个组织，或者你不是它的成员。", "No such organisation, or you are not a member of it.")
	// ErrRefresh is the one answer to a refresh token that is unknown, expired, or of a session that ended.
	ErrRefresh = fault.New(fault.Unauthenticated, "refresh_token_invalid",
		"登录已失效，请重新登录。", "The session has ended; sign in again.")
	ErrRefreshReused = fault.New(fault.Unauthenticated, "refresh_token_reused",
		"这个刷新令牌已经用过；为安全起见，整个会话已结束，请重新登录。",
		"This refresh token was used before; to be safe the whole session has ended. Sign in again.")
	ErrAttemptReused = fault.ErrInvalid.At("/attempt", "attempt_reused",
		"这个编号已用于本会话的另一次刷新，请换一个。", "This number was that of another refresh of the session; make a new one.")
	ErrNoSession = fault.New(fault.Conflict, "no_session",
		"API 密钥没有会话。", "An API key has no session.")
	// ErrLink is the one answer to a link that is unknown, used or expired.
	ErrLink = fault.New(fault.NotFound, "link_invalid",
		"这个链接无效、已用过或已过期，请让对方再发一个。", "This link is invalid, used or expired; ask for a new one.")
	ErrAlreadyMember = fault.New(fault.Conflict, "already_member",
		"这个人已经是组织成员。", "This person is a member already.")
	ErrOwnAccount = fault.New(fault.Conflict, "own_account",
		"不能对自己的账号做这件事，请让另一位同事来做。", "You cannot do this to your own account; ask a colleague.")
	ErrLastOwner = fault.New(fault.Conflict, "last_owner",
		"最后一位主账号不能离开，也不能换角色；请先让另一位同事成为主账号。", "The last owner cannot leave or take another role; make a colleague an owner first.")
	ErrErased = fault.New(fault.Conflict, "account_erased",
		"这个账号已注销。", "This account was erased.")
	// ErrIdentityTaken is told honestly, as ErrEmailTaken is, and bounded by the same throttle.
	ErrIdentityTaken = fault.New(fault.Conflict, "identity_taken",
		"这个身份证号码已经登记在另一个账号上；如果那不是你，请联系平台运营。",
		"This identity number stands on another account; if that is not you, contact the platform's operators.")
	// ErrSessionNeeded keeps an API key from making itself more than it is.
	ErrSessionNeeded = fault.New(fault.Forbidden, "session_required",
		"API 密钥不能做这件事，请登录后再做。", "An API key cannot do this; sign in.")
	ErrWrongPassword = fault.ErrInvalid.At("/password", "wrong_password",
		"当前密码不对。", "The current password is wrong.")
	// ErrPasswordOfAccount is told to whoever was invited and has an account already.
	ErrPasswordOfAccount = fault.ErrInvalid.At("/password", "password_of_account",
		"这个邮箱已有账号，请输入该账号的密码来接受邀请。", "This e-mail has an account already; accept with that account's password.")
)

// faultOf turns a broken constraint into what the caller may read.
func faultOf(err error) error {
	switch postgres.Constraint(err) {
	case "account_email":
		return ErrEmailTaken.Because(err)
	case "refresh_token_attempt":
		return ErrAttemptReused.Because(err)
	case "identity_number":
		return ErrIdentityTaken.Because(err)
	case "membership_pkey":
		return ErrAlreadyMember.Because(err)
	case "membership_keeps_a_head":
		return ErrLastOwner.Because(err)
	}
	return err
}

// busy turns what auth says when no core is free into a refusal that says when to return.
func busy(err error) error {
	if errors.Is(err, auth.ErrPasswordsBusy) {
		return fault.ErrUnavailable.After(2 * time.Second).Because(err)
	}
	return err
}

// addPasswordFault notes why a password is not accepted.
func addPasswordFault(c *fault.Collect, pointer, password, email string) {
	switch reason := auth.JudgePassword(password, email); reason {
	case "":
	case auth.PasswordTooShort:
		c.Add(pointer, string(reason), "密码至少 10 个字符。", "At least 10 characters.")
	case auth.PasswordTooLong:
		c.Add(pointer, string(reason), "密码最多 128 个字符。", "At most 128 characters.")
	case auth.PasswordUnclear:
		c.Add(pointer, string(reason), "密码里有无法使用的字符。", "It holds characters that cannot be used.")
	case auth.PasswordIsEmail:
		c.Add(pointer, string(reason), "密码不能是邮箱。", "It cannot be your e-mail address.")
	}
}
