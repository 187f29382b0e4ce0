package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"peakseat/academy"
	"peakseat/matcher"
)

const (
	demoPackShop = "云杉童装旗舰店"
	titleKids    = "童装直播售前"
)

// openPackShop opens a second shop with a brand pack: version 1 is in force and its quiz stands before the shop's seats, version 2
// waits in the draft.
func (d *demo) openPackShop(ctx context.Context) error {
	owner := d.as(ctx, demoOwner)
	shops, err := d.Matcher.Shops(owner, uuid.Nil, 200)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(shops, func(s matcher.Shop) bool { return s.Name == demoPackShop })
	if i < 0 {
		d.acted = true
		shop, err := d.Matcher.CreateShop(owner, matcher.ShopRequest{Name: demoPackShop, Industry: "apparel", Channels: []string{"chat"}, TimeZone: seedZone})
		if err != nil {
			return err
		}
		shops, i = append(shops, *shop), len(shops)
	}
	shop := shops[i].ID
	now, err := d.dayFromNow(ctx, 0)
	if err != nil {
		return err
	}
	today := matcher.DateOf(now)
	if err := d.ensureBooking(ctx, now, matcher.BookingRequest{
		ShopID: shop, Title: titleKids, StartsOn: today.Add(2), EndsOn: today.Add(4), Windows: []matcher.Window{{Start: "15:00", End: "18:00", Seats: 2}},
		Requirements: []matcher.Requirement{{Tag: "channel/chat", Level: 1}, {Tag: "function/presale", Level: 1}},
	}, "confirmed"); err != nil {
		return err
	}
	draft, err := d.Academy.PackDraft(owner, shop)
	if err != nil || draft.Newest > 0 {
		return err
	}
	d.acted = true
	terms := kidsPack()
	if draft, err = d.Academy.ChangePackDraft(owner, shop, draft.Revision, terms); err != nil {
		return err
	}
	if terms.Quiz.Questions, err = d.Academy.ProposePackQuiz(owner, shop); err != nil {
		return err
	}
	if draft, err = d.Academy.ChangePackDraft(owner, shop, draft.Revision, terms); err != nil {
		return err
	}
	if _, err := d.Academy.PublishPack(owner, shop, academy.PackRelease{Revision: draft.Revision, Note: "第一版。"}); err != nil {
		return err
	}
	terms.Body.PromotionRules = "## 双12 满减\n\n- 满 300 减 50，可与店铺券叠加，不与会员价叠加。\n- 前 1 小时付款送同款袜子一双，送完即止。\n- 付定金 30 元抵 60 元，尾款不付定金不退。\n"
	terms.Body.ForbiddenPromises = append(terms.Body.ForbiddenPromises, "不付尾款，定金也能退给您")
	terms.Body.Facts = append(terms.Body.Facts, academy.PackFact{Question: "定金能抵多少？", Answer: "付定金 30 元抵 60 元。"})
	draft.Revision++ // publishing closes the draft that was published
	_, err = d.Academy.ChangePackDraft(owner, shop, draft.Revision, terms)
	return err
}

func kidsPack() academy.PackTerms {
	return academy.PackTerms{
		Body: academy.PackBody{
			ProductSheet:   "## 主推款\n\n- **K201 加绒卫衣**：90–150 码，棉 80%，聚酯 20%。\n- **K305 轻暖羽绒服**：100–160 码，90% 白鸭绒，充绒 80–120 g。\n\n尺码按身高推荐；偏胖或喜欢宽松，建议大一码。",
			PromotionRules: "## 日常活动\n\n- 满 300 减 30，可与店铺券叠加。\n- 会员 9.5 折，不与满减叠加。\n",
			Facts: []academy.PackFact{
				{Question: "今天下单什么时候发货？", Answer: "16 点前付款当天发，之后次日发。"},
				{Question: "发什么快递？", Answer: "默认中通，新疆、西藏发邮政。"},
				{Question: "身高 118 厘米穿多大？", Answer: "建议 120 码，偏胖选 130 码。"},
				{Question: "羽绒服能机洗吗？", Answer: "建议手洗或轻柔档，不要干洗。"},
				{Question: "七天无理由退货谁出运费？", Answer: "无理由退货由顾客承担，质量问题由店铺承担。"},
			},
			ForbiddenPromises: []string{"今天下单保证明天到", "绝对不会掉色、不起球", "这款以后不会再降价", "对宝宝皮肤百分之百不过敏"},
			QuickReplies: []academy.QuickReply{
				{When: "顾客进店打招呼", Reply: "您好，在的～请问宝贝身高体重多少？我帮您看尺码。"},
				{When: "顾客问能不能便宜", Reply: "现在满 300 减 30，还能叠加店铺券，我把领券链接发您。"},
				{When: "顾客催发货", Reply: "我马上帮您查发货进度，请稍等一分钟。"},
				{When: "顾客说收到有瑕疵", Reply: "很抱歉让您遇到这种情况，麻烦拍张照片，我来处理，运费由我们承担。"},
			},
		},
		Quiz: academy.PackQuiz{PassPercent: 80, Questions: []academy.PackQuestion{}},
	}
}
