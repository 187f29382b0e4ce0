package notice

import (
	"testing"
	"time"

	"peakseat/internal/money"
)

func TestANoticeSpeaksAsThePagesDo(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 15, 19, 0, 0, time.UTC)
	pay, tax, minutes := money.CNY(1234567), money.CNY(5), int64(240)
	for _, tt := range []struct {
		notice       Notice
		zone, zh, en string
	}{
		{Notice{Kind: OfferMade, Figures: Figures{Until: &at}}, "Asia/Shanghai", "你收到一个派单，请在 11-22 周日 23:19 北京时间前答复。", "You have an offer; answer it by Sun 22 Nov, 23:19 UTC+8."},
		{Notice{Kind: OfferMade, Figures: Figures{Until: &at}}, "Asia/Kolkata", "你收到一个派单，请在 11-22 周日 20:49 UTC+5:30 前答复。", "You have an offer; answer it by Sun 22 Nov, 20:49 UTC+5:30."},
		{Notice{Kind: OfferMade, Figures: Figures{Until: &at}}, "America/St_Johns", "你收到一个派单，请在 11-22 周日 11:49 UTC-3:30 前答复。", "You have an offer; answer it by Sun 22 Nov, 11:49 UTC-3:30."},
		{Notice{Kind: BadgeExpiring, Figures: Figures{Until: &at}}, "Asia/Shanghai", "你的一张证书将于 2026-11-22 到期，现在可以续期。", "A credential of yours ends on 22 Nov 2026. You can renew it now."},
		{Notice{Kind: TimesheetSettled, Figures: Figures{Minutes: &minutes, Amount: &pay, Tax: &tax}}, "UTC", "240 分钟的工时已结算：报酬 ¥12,345.67，代扣税 ¥0.05。", "240 minutes were settled: pay ¥12,345.67, tax withheld ¥0.05."},
		{Notice{Kind: WalletToppedUp}, "UTC", "钱包到账 ¥0.00。", "¥0.00 arrived in the wallet."},
		{Notice{Kind: RoleChanged, Figures: Figures{Role: "finance"}}, "UTC", "你的角色已改为财务。", "Your role is now finance."},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.notice.say("zh", zone).Text; got != tt.zh {
			t.Errorf("%s in Chinese: %s\nwant %s", tt.notice.Kind, got, tt.zh)
		}
		if got := tt.notice.say("en", zone).Text; got != tt.en {
			t.Errorf("%s in English: %s\nwant %s", tt.notice.Kind, got, tt.en)
		}
	}
}
