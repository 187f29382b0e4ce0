export default {
  zh: {
    nav: { home: '首页', hall: '任务大厅', shifts: '班次', academy: '学院', me: '我的' },
    length: { minutes: '{{n}} 分钟', hours: '{{n}} 小时' },
    stand: { held: '已排班', open: '签到已开放', late: '迟到', missing: '缺席', working: '在岗', break: '休息中', finished: '已结束', withdrawn: '已撤回', released: '已释放' },
    home: { hello: '今天要做的都在这里', next: '下一班', today: '今天的班次', working: '正在上班', later: '后面的班次', calendar: '日历', none: '还没有班次', noneHint: '去大厅看看，能接的排在最前面，报酬和要求接之前就写清楚。', toHall: '去任务大厅' },
    attend: {
      opens: '{{at}} 起签到', in: '还有', missing: '已记为缺席。席位还空着的话，现在签到还能上。', checkIn: '签到', lateUntil: '已经迟到，{{at}} 转缺席。', fromHome: '到点在这里签到',
      line: '{{opens}} 开放签到，{{starts}} 开始，{{missed}} 后记为缺席，现在 {{now}}', opened: '{{at}} 开放', start: '{{at}} 开始', missed: '{{at}} 缺席', end: '{{at}} 结束', workLine: '{{from}} 开始，{{to}} 结束，现在 {{now}}',
      breakStart: '休息一下', breakEnd: '回到席位', checkOut: '签退', onBreak: '正在休息。回来了就点“回到席位”。', breakRule: '每 4 小时有 15 分钟带薪休息。', sweep: '班次已经结束。忘了签退会自动按结束时间算，并写在工时单上。',
      early: '现在签退？', earlyHint: '班次到 {{at}} 才结束。现在签退，后面的时间不计薪，也不能再签到。', earlyDo: '现在签退，后面不计薪', stay: '继续上班',
    },
    release: { ask: '来不了？', title: '释放这一席', free: '{{until}} 前释放不影响你。', notFree: '免费释放的时间 {{until}} 已过。能来还是尽量来。', pay: '你不再得到这一班的', back: '席位马上回到大厅，别人可以抢。', do: '释放，不要这 {{pay}}' },
    todo: {
      title: '接下来要做', count_other: '{{count}} 件', none: '都办完了。', offers_other: '{{count}} 个派单等你答复', offersBy: '最早的 {{at}} 到期，到期席位就给别人', answer: '去答复', dispute_other: '商家对 {{count}} 分钟有疑问', disputeBy: '{{at}} 前由平台裁定，先说说你的情况', reply: '去回复',
      sheet: '核对 {{day}} 的工时，{{length}}', sheetBy: '{{at}} 前可以提异议，之后自动通过', sheetSwept: '你忘了签退，按结束时间算的。{{at}} 前可以提异议', sheets_other: '还有 {{count}} 张工时单可以核对', sheetsHint: '没问题就不用管，到时自动通过', check: '核对', see: '看看',
      expiring: '{{name}} 快到期', suspended: '{{name}} 被暂停', suspendedHint: '可以申诉，由另一个人来看', until: '{{at}} 到期', tags_other: '{{count}} 个技能标签快到期', noTags: '先拿到第一个技能标签', noTagsHint: '学一门课，考一次试，就能接班',
    },
    week: { title: '本周收入', details: '明细', expected: '预计', settled: '已结', submitted: '待批准', planned: '已排', toWork: '已排班', day: '{{day}}：{{pay}} 元', today: '今天 {{is}}，上限 {{most}}', limit: '改上限' },
    hall: {
      which: '看哪些班次', mine: '我能接', nearly: '差一点', all: '全部', filter: '筛选', list: '班次', more: '再看一些班次', offers_other: '{{count}} 个派单等你答复', toOffers: '去答复', closed: '还不能接', lackNear_other: '差 {{count}} 条，办完就能抢', lack_other: '差 {{count}} 条', open_other: '还有 {{count}} 席', details: '详情',
      noneFiltered: '没有符合筛选的班次', noneFilteredHint: '放宽日期、报酬或技能再看。', clear: '清除筛选', noneMine: '现在没有你能接的班次', noneMineNear: '有些只差一点，办完一步就能抢。', noneMineHint: '看看全部班次，每一班都写着差在哪里。', seeNearly: '看差一点的', seeAll: '看全部', noneNearly: '没有只差一点的班次', noneAll: '大厅里现在没有空席', noneHint: '商家确认预订后，新的班次会马上出现在这里。',
      from: '从哪天', to: '到哪天', leastPay: '每小时至少', perHour: '/ 时', tag: '要用到的技能', anyTag: '不限', apply: '看结果',
    },
    claim: {
      do: '抢这一席', again: '再试一次', taken: '抢到了，第 {{seat}} 席', open: '看这一班', undo: '撤回', undoHint: '{{until}} 前可以免费撤回。', given: '已经撤回，席位回到大厅了。', wait: '{{at}} 再试',
      shift_full: '这一班已经满了', shift_fullHint: '每一席都有人了。有人释放时席位会再出现在大厅。', no_open_seat: '剩下的席位正在等别人答复', no_open_seatHint: '没人接的话席位会放出来，到时间再试。', shift_closed: '这一班不再接受抢单', shift_closedHint: '离结束不到一小时，或商家取消了。',
    },
    rule: {
      shift_open: '班次不再开放', shift_open_ok: '班次开放', account_active: '账号已停用', account_active_ok: '账号正常', own_organisation: '这是你自己的商家', own_organisation_ok: '不是自己的商家', tag: '{{tag}}等级不够', tag_ok: '{{tag}}', availability: '不在你可上班的时间里', availability_ok: '在可上班时间里', longest_shift: '比你设的最长班次长', longest_shift_ok: '班次长度', own_day_hours: '超过你设的每日上限', own_day_hours_ok: '你的每日上限', own_week_hours: '超过你设的每周上限', own_week_hours_ok: '你的每周上限',
      day_hours: '超过平台每日上限', day_hours_ok: '平台每日上限', week_hours: '超过平台每周上限', week_hours_ok: '平台每周上限', overlap: '和已有的班次重叠', overlap_ok: '没有重叠', rest_between: '两班之间休息不够', rest_between_ok: '两班之间的休息', rest_of_night: '两天之间休息不够', rest_of_night_ok: '两天之间的休息', least_pay: '低于你设的最低时薪', least_pay_ok: '最低时薪', needs: '和你申报的需要冲突', needs_ok: '申报的需要',
    },
    cure: { shift_open: '看别的', own_organisation: '看别的', tag: '去学', availability: '改时间', longest_shift: '改上限', own_day_hours: '改上限', own_week_hours: '改上限', day_hours: '看当天', week_hours: '看当周', overlap: '看那一班', rest_between: '看那一班', rest_of_night: '看那一班', least_pay: '改时薪', needs: '改需要' },
    shift: { title: '班次', seat: '你的席位，第 {{seat}} 席', fits: '你能接', past: '之前', seats: '共 {{seats}} 席，空 {{open}} 席', asked: '这一班有一席留给你，等你答复。', requires: '这一班要求', passed_other: '其余 {{count}} 条都符合', checkedIn: '签到', checkedOut: '签退' },
    standing: {
      title: '为什么没轮到你', waiting: '剩下的席位正在等别人答复。', full: '席位都有人了。', first: '有人先抢到了。', short: '你比最后一位少 {{points}} 分。', behind: '比最后一位少', instead: '同一个方案把你排在了另一班',
      class: { core_team: '最后选中的是这次预订的核心团队成员。', known: '最后选中的人之前在这家店做过。', new: '最后选中的人也是第一次来这家店。' },
      part: { performance: '表现', continuity: '做过这家店', core_team: '核心团队', fairness: '等得久' }, how: { performance: '评分越高分越多', continuity: '每在这家店做一班加分', core_team: '商家点名的人', fairness: '离上一班越久分越多' },
    },
    shifts: { view: '怎么看', week: '按周', list: '列表', more: '再看以前的', ahead: '要上的', past: '以前的', noneAhead: '没有要上的班次。', before: '上一周', after: '下一周', thisWeek: '回到本周', sum: '{{count}} 班，{{length}}', freeWeek: '这一周没有班次', freeWeekHint: '大厅里看看这几天有什么。', findHere: '看这周的大厅', today: '今天' },
    offer: { title: '派单', waiting_other: '{{count}} 个等你答复', none: '没有等你答复的派单', noneHint: '系统按技能和表现把席位留给合适的人，有了会通知你。', noneShort: '没有等答复的', past: '以前的', kept: '留给你的一席', left: '还剩', until: '{{at}} 前答复', accept: '接这一席', refuse: '不接', keep: '再想想', refuseHint: '不接不影响你，席位给下一位。', state: { accepted: '已接', refused: '没接', expired: '已过期', withdrawn: '已撤回' } },
    me: { work: '上班', money: '钱', proof: '证明', tags: '技能标签', noTags: '还没有技能标签', noTagsHint: '在学院学一门课、考一次试，就有第一个。', toAcademy: '去学院', tagUntil: '有效到 {{at}}', tagOver: '已失效', account: '账号与资料' },
    availability: {
      title: '可上班时间', any: '任何时间', anyHint: '任何时间的班次都会给你看，也可能派给你。', weekly: '按周设', windows_other: '每周 {{count}} 段', week: '每周 {{hours}} 小时', addTo: '给{{day}}加一段', add: '加一段时间', wholeDay: '全天', next: '次日', remove: '去掉{{day}} {{window}}', notThisDay: '不上班', dated: '某一天不一样', addDated: '加一天', noDated: '没有例外。临时有事或多出时间，加在这里。', free: '可以上班', away: '不能上班', removeDated: '去掉 {{at}}', empty: '至少留一段；哪天都不上班就加例外', days: '哪几天', everyDay: '每天', often: '常用', start: '开始', end: '结束', overnight: '到第二天', addDo_other: '加到 {{count}} 天', kind: '能不能上班', date: '日期',
    },
    save: { dirty: '有改动没保存', undo: '还原' },
    limits: {
      title: '上限与需要', now: '每天 {{day}}，每周 {{week}}', time: '时间', hours: '小时', day: '一天最多', dayHint: '超过的班次不会派给你', week: '一周最多', weekHint: '平台上限 60 小时', longest: '一班最长', longestHint: '更长的班次不给你看', blocks: '一天最多派几班', blocksHint: '自己抢的不受限', zone: '所在时区', zoneHint: '每天、每周按它算', pay: '报酬', least: '每小时至少', leastHint: '低于它的席位对你关上', needs: '需要', needsHint: '排班会照顾，不影响评分。只有你和平台运营看得到。',
      need: { no_voice: '不接语音', screen_reader: '用读屏', keyboard_only: '只用键盘', extra_breaks: '多休息', captions: '要字幕' }, needHow: { no_voice: '电话席位不派给你', screen_reader: '培训和考试按读屏来', keyboard_only: '不要求用鼠标', extra_breaks: '休息时间更长', captions: '视频都带字幕' }, back: '改好了。', goBack: '回到刚才那一班',
    },
    earnings: {
      title: '收入', payable: '可提现', pending: '待结算', pendingHow: '商家还没批准，未扣税', withheld: '已代扣税', withheldHow: '历年合计', paid: '已打款', paidHow: '到你账户的', statement: '月结单', monthBefore: '上个月', monthAfter: '下个月', gross: '结算', tax: '代扣税', net: '到手', settledLines_other: '{{count}} 笔', lines: '明细', none: '还没有收入', noneHint: '上完第一班，签退后工时单会出现在这里。', more: '再看以前的', waiting: '待批准', by: { approval: '商家批准', deadline: '到期自动批准', ruling: '平台裁定' },
      taxOf: '代扣', step: { income: '今年到这笔的收入', expenses: '减除费用', deductions: '基本减除，{{months}} 个月', taxable: '应税', cumulative: '累计应扣', before: '之前已扣', tax: '这笔代扣' }, rule: '按规则 {{rule}}',
    },
    sheet: {
      title: '工时单', list: '工时单', open_other: '{{count}} 张待批准', none: '还没有工时单', noneHint: '每班签退后自动生成。', more: '再看以前的', disputed: '有争议', approved: '已批准', submitted: '待批准', exact: '{{minutes}} 分钟，班次 {{of}} 分钟', swept: '忘了签退，按结束时间算的。', disputedMinutes_other: '其中 {{count}} 分钟有争议，其余照付。', by: { approval: '商家批准于', deadline: '到期自动批准于' }, approveBy: '自动批准于', events: '怎么算的', event: { check_in: '签到', break_start: '开始休息', break_end: '结束休息', check_out: '签退' },
      object: '少算了时间？', objectHint: '说明少了多少、为什么。商家答复，平台裁定；其余照付。只能提一次。', objectClosed: '提异议的时间 {{at}} 已过。', left: '还剩', minutes: '少了多少', minute: '分钟', worth: '值', reason: '为什么', reasonHint: '例如：20:00 就到席了，网络断了没签上', objectDo_other: '提异议，要回 {{count}} 分钟',
    },
    dispute: { dispute_other: '商家对 {{count}} 分钟有疑问', objection_other: '你要回 {{count}} 分钟', open: '等裁定', ruled: '已裁定', reason: { dispute: '商家说', objection: '你说' }, answer: { dispute: '你答', objection: '商家答' }, ruling: '平台裁定', byDeadline: '到期没有裁定，归你', toAgent_other: '{{count}} 分钟归你', ruleBy: '裁定期限', yours: '说说你的情况', send: '发给平台' },
    credential: {
      title: '证书', count_other: '{{count}} 张有效', none: '还没有证书', noneHint: '下面是每张证书的路，做完最后一步自动发证。', state: { valid: '有效', expiring: '快到期', expired: '已过期', suspended: '已暂停', revoked: '已撤销', unknown: '未知' }, valid: '有效期', suspendedUntil: '暂停到', revokedAt: '撤销于', reason: { cheating: '作弊', misconduct: '行为不当', evidence_wrong: '证据有误', security: '安全', other: '其他' }, show: '出示', page: '公开页', file: '下载', name: '公开页上写我的名字', nameShown: '谁扫码都能看到', nameHidden: '现在不写，只证明证书有效', qr: '二维码：{{address}}', qrHint: '给人扫，就能看到它现在是不是有效。',
    },
    appeal: { title: '申诉', hint: '由没有参与这个决定的人来看。每个决定申诉一次。', reason: '说明情况', send: '提交申诉', mine: '你的申诉', waiting: '等答复', upheld: '申诉成立', refused: '维持原决定' },
    way: { title: '怎么拿证书', missing_other: '还差 {{count}} 项', grants: '拿到', barred: '上一张被撤销了，要由平台决定能不能再考。', suspended: '暂停期间不能续。', official: '由平台直接发。', kind: { course: '课程', paper: '考试', simulation: '模拟对话', trial_shift: '试岗', credential: '先有证书' }, score: '至少 {{score}} 分', met: '已完成', best: '最好 {{score}} 分' },
  },
  en: {
    nav: { home: 'Home', hall: 'Task hall', shifts: 'Shifts', academy: 'Academy', me: 'Me' },
    length: { minutes: '{{n}} min', hours: '{{n}} h' },
    stand: { held: 'Assigned', open: 'Check-in open', late: 'Late', missing: 'Missed', working: 'On seat', break: 'On a break', finished: 'Finished', withdrawn: 'Withdrawn', released: 'Released' },
    home: { hello: 'What there is to do today', next: 'Next shift', today: 'Your shift today', working: 'At work', later: 'Later shifts', calendar: 'Calendar', none: 'No shift yet', noneHint: 'Look into the hall: what you can take comes first, with its pay and what it asks for.', toHall: 'To the task hall' },
    attend: {
      opens: 'Check-in from {{at}}', in: 'in', missing: 'This counts as missed. If the seat is still free, you may check in now.', checkIn: 'Check in', lateUntil: 'You are late; at {{at}} the seat counts as missed.', fromHome: 'Check in here when it opens',
      line: 'Check-in opens at {{opens}}, the shift starts at {{starts}}, missed after {{missed}}; it is {{now}}', opened: '{{at}} opens', start: '{{at}} start', missed: '{{at}} missed', end: '{{at}} end', workLine: 'Started at {{from}}, ends at {{to}}; it is {{now}}',
      breakStart: 'Take a break', breakEnd: 'Back to the seat', checkOut: 'Check out', onBreak: 'You are on a break. Press “Back to the seat” when you return.', breakRule: '15 minutes of break are paid in every 4 hours.', sweep: 'The shift is over. A forgotten check-out is made at its end, and the timesheet says so.',
      early: 'Check out now?', earlyHint: 'The shift ends at {{at}}. If you check out now, the rest is not paid, and you cannot check in again.', earlyDo: 'Check out; the rest is not paid', stay: 'Stay at work',
    },
    release: { ask: 'Cannot come?', title: 'Release this seat', free: 'Until {{until}} a release costs you nothing.', notFree: 'Free release ended at {{until}}. Come if you can.', pay: 'You no longer earn', back: 'The seat goes back to the hall at once; others can claim it.', do: 'Release, without {{pay}}' },
    todo: {
      title: 'To do', count_one: '{{count}} thing', count_other: '{{count}} things', none: 'All done.', offers_one: '{{count}} offer waits for you', offers_other: '{{count}} offers wait for you', offersBy: 'The first ends {{at}}; then the seat goes to somebody else', answer: 'Answer', dispute_one: 'The merchant questions {{count}} minute', dispute_other: 'The merchant questions {{count}} minutes', disputeBy: 'Ruled by {{at}}; tell your side first', reply: 'Reply',
      sheet: 'Check the hours of {{day}}, {{length}}', sheetBy: 'Object until {{at}}; then it approves itself', sheetSwept: 'You forgot to check out; it was made at the end. Object until {{at}}', sheets_one: '{{count}} more timesheet to check', sheets_other: '{{count}} more timesheets to check', sheetsHint: 'If they are right, there is nothing to do', check: 'Check', see: 'See',
      expiring: '{{name}} is expiring', suspended: '{{name}} is suspended', suspendedHint: 'You can appeal; somebody else decides', until: 'expires {{at}}', tags_one: '{{count}} skill tag is expiring', tags_other: '{{count}} skill tags are expiring', noTags: 'Get your first skill tag', noTagsHint: 'One course and one exam, and you can work',
    },
    week: { title: 'This week', details: 'Details', expected: 'expected', settled: 'settled', submitted: 'submitted', planned: 'to come', toWork: 'to work', day: '{{day}}: {{pay}} yuan', today: 'Today {{is}} of at most {{most}}', limit: 'Change limit' },
    hall: {
      which: 'Which shifts', mine: 'I can take', nearly: 'Nearly', all: 'All', filter: 'Filter', list: 'Shifts', more: 'Show more shifts', offers_one: '{{count}} offer waits for you', offers_other: '{{count}} offers wait for you', toOffers: 'Answer', closed: 'Not yet', lackNear_one: '{{count}} thing missing; then you can claim', lackNear_other: '{{count}} things missing; then you can claim', lack_one: '{{count}} thing missing', lack_other: '{{count}} things missing', open_one: '{{count}} seat open', open_other: '{{count}} seats open', details: 'Details',
      noneFiltered: 'No shift passes the filters', noneFilteredHint: 'Widen dates, pay or skill.', clear: 'Clear filters', noneMine: 'No shift you can take now', noneMineNear: 'Some are one step away.', noneMineHint: 'Look at all of them: each says what is missing.', seeNearly: 'See the near ones', seeAll: 'See all', noneNearly: 'None is only a step away', noneAll: 'No open seat in the hall now', noneHint: 'New shifts appear here as soon as a merchant confirms a booking.',
      from: 'From', to: 'To', leastPay: 'At least per hour', perHour: '/ h', tag: 'Skill it uses', anyTag: 'Any', apply: 'Show',
    },
    claim: {
      do: 'Claim this seat', again: 'Try again', taken: 'Yours: seat {{seat}}', open: 'See the shift', undo: 'Undo', undoHint: 'You can give it back freely until {{until}}.', given: 'Given back; the seat is in the hall again.', wait: 'Again at {{at}}',
      shift_full: 'This shift is full', shift_fullHint: 'Every seat is held. If somebody releases one, it appears in the hall again.', no_open_seat: 'The last seats wait for others to answer', no_open_seatHint: 'If nobody takes them they open again; try then.', shift_closed: 'This shift takes no more claims', shift_closedHint: 'It ends within the hour, or was cancelled.',
    },
    rule: {
      shift_open: 'The shift is not open any more', shift_open_ok: 'The shift is open', account_active: 'Your account is disabled', account_active_ok: 'Your account is active', own_organisation: 'This merchant is your own', own_organisation_ok: 'Not your own merchant', tag: '{{tag}} is below the level', tag_ok: '{{tag}}', availability: 'Outside the hours you can work', availability_ok: 'Within the hours you can work', longest_shift: 'Longer than your longest shift', longest_shift_ok: 'Length of the shift', own_day_hours: 'Over your hours per day', own_day_hours_ok: 'Your hours per day', own_week_hours: 'Over your hours per week', own_week_hours_ok: 'Your hours per week',
      day_hours: "Over the platform's hours per day", day_hours_ok: "The platform's hours per day", week_hours: "Over the platform's hours per week", week_hours_ok: "The platform's hours per week", overlap: 'Overlaps a shift you hold', overlap_ok: 'No overlap', rest_between: 'Too little rest between two shifts', rest_between_ok: 'Rest between two shifts', rest_of_night: 'Too little rest between two days', rest_of_night_ok: 'Rest between two days', least_pay: 'Below your least pay', least_pay_ok: 'Least pay', needs: 'Against a need you declared', needs_ok: 'Needs you declared',
    },
    cure: { shift_open: 'See others', own_organisation: 'See others', tag: 'Learn', availability: 'Change hours', longest_shift: 'Change limit', own_day_hours: 'Change limit', own_week_hours: 'Change limit', day_hours: 'See the day', week_hours: 'See the week', overlap: 'See that shift', rest_between: 'See that shift', rest_of_night: 'See that shift', least_pay: 'Change pay', needs: 'Change needs' },
    shift: { title: 'Shift', seat: 'Your seat: {{seat}}', fits: 'You can take it', past: 'Before', seats: '{{seats}} seats, {{open}} open', asked: 'A seat of this shift is kept for you until you answer.', requires: 'What it asks for', passed_one: '{{count}} other rule is met', passed_other: '{{count}} other rules are met', checkedIn: 'Checked in', checkedOut: 'Checked out' },
    standing: {
      title: 'Why not you', waiting: 'Others are asked about the seats that are left.', full: 'Every seat is held.', first: 'Others claimed first.', short: 'You are {{points}} points behind the last of them.', behind: 'behind the last', instead: 'The same plan chose you for another shift',
      class: { core_team: "The last who was chosen is in the booking's core team.", known: 'The last who was chosen worked for this shop before.', new: 'The last who was chosen is new to this shop too.' },
      part: { performance: 'Performance', continuity: 'Worked here before', core_team: 'Core team', fairness: 'Waited long' }, how: { performance: 'A higher rating gives more', continuity: 'Each shift for this merchant counts', core_team: 'Named by the merchant', fairness: 'The longer since your last shift, the more' },
    },
    shifts: { view: 'View', week: 'Week', list: 'List', more: 'Show earlier ones', ahead: 'To come', past: 'Before', noneAhead: 'No shift to come.', before: 'Week before', after: 'Week after', thisWeek: 'This week', sum: '{{count}} shifts, {{length}}', freeWeek: 'No shift in this week', freeWeekHint: 'See what the hall has for these days.', findHere: 'Hall of this week', today: 'Today' },
    offer: { title: 'Offers', waiting_one: '{{count}} waits for you', waiting_other: '{{count}} wait for you', none: 'No offer waits for you', noneHint: 'Seats are kept for those who fit by skill and performance; you are told when one is.', noneShort: 'None waits', past: 'Before', kept: 'Kept for you', left: 'Left', until: 'Answer by {{at}}', accept: 'Take this seat', refuse: 'Refuse', keep: 'Think again', refuseHint: 'It costs you nothing; the next one is asked.', state: { accepted: 'Accepted', refused: 'Refused', expired: 'Expired', withdrawn: 'Withdrawn' } },
    me: { work: 'Work', money: 'Money', proof: 'Proof', tags: 'Skill tags', noTags: 'No skill tag yet', noTagsHint: 'One course and one exam in the academy give you the first.', toAcademy: 'To the academy', tagUntil: 'valid until {{at}}', tagOver: 'not valid', account: 'Account' },
    availability: {
      title: 'When I can work', any: 'Any time', anyHint: 'You see shifts at any time, and may be offered any.', weekly: 'By week', windows_one: '{{count}} window a week', windows_other: '{{count}} windows a week', week: '{{hours}} h a week', addTo: 'Add to {{day}}', add: 'Add hours', wholeDay: 'Whole day', next: 'next day', remove: 'Remove {{day}} {{window}}', notThisDay: 'Not this day', dated: 'Some days differ', addDated: 'Add a day', noDated: 'None. Add days that you cannot, or days that you can.', free: 'Can work', away: 'Cannot work', removeDated: 'Remove {{at}}', empty: 'Keep at least one window; for days off add them below', days: 'Days', everyDay: 'Every day', often: 'Usual hours', start: 'From', end: 'To', overnight: 'Until the next day', addDo_one: 'Add to {{count}} day', addDo_other: 'Add to {{count}} days', kind: 'Can or cannot', date: 'Date',
    },
    save: { dirty: 'Not saved yet', undo: 'Undo' },
    limits: {
      title: 'Limits and needs', now: '{{day}} a day, {{week}} a week', time: 'Time', hours: 'h', day: 'At most a day', dayHint: 'Shifts beyond it are closed to you', week: 'At most a week', weekHint: "The platform's limit is 60 h", longest: 'Longest shift', longestHint: 'Longer ones are closed to you', blocks: 'Offers a day at most', blocksHint: 'What you claim yourself is not limited', zone: 'Time zone', zoneHint: 'Days and weeks are counted in it', pay: 'Pay', least: 'At least per hour', leastHint: 'Seats that pay less are closed to you', needs: 'Needs', needsHint: 'They are respected and cost no standing. Only you and operators see them.',
      need: { no_voice: 'No voice', screen_reader: 'Screen reader', keyboard_only: 'Keyboard only', extra_breaks: 'More breaks', captions: 'Captions' }, needHow: { no_voice: 'no phone seats', screen_reader: 'training and exams suit it', keyboard_only: 'no mouse needed', extra_breaks: 'longer breaks', captions: 'on every video' }, back: 'Saved.', goBack: 'Back to the shift',
    },
    earnings: {
      title: 'Earnings', payable: 'Payable', pending: 'Pending', pendingHow: 'not approved yet, before tax', withheld: 'Tax withheld', withheldHow: 'of all years', paid: 'Paid out', paidHow: 'to your account', statement: 'Statement', monthBefore: 'Month before', monthAfter: 'Month after', gross: 'Settled', tax: 'Tax withheld', net: 'Net', settledLines_one: '{{count}} line', settledLines_other: '{{count}} lines', lines: 'Lines', none: 'No earnings yet', noneHint: 'After your first shift its timesheet appears here.', more: 'Show earlier ones', waiting: 'not approved yet', by: { approval: 'approved by the merchant', deadline: 'approved by its deadline', ruling: 'ruled' },
      taxOf: 'Tax', step: { income: 'Income of the year so far', expenses: 'Expenses', deductions: 'Deduction of {{months}} months', taxable: 'Taxable', cumulative: 'Tax so far', before: 'Withheld before', tax: 'Withheld from this' }, rule: 'Rule {{rule}}',
    },
    sheet: {
      title: 'Timesheet', list: 'Timesheets', open_one: '{{count}} not approved', open_other: '{{count}} not approved', none: 'No timesheet yet', noneHint: 'One is made at every check-out.', more: 'Show earlier ones', disputed: 'Disputed', approved: 'Approved', submitted: 'Submitted', exact: '{{minutes}} of {{of}} minutes', swept: 'The check-out was forgotten and made at the end.', disputedMinutes_one: '{{count}} minute of it is disputed; the rest is paid.', disputedMinutes_other: '{{count}} minutes of it are disputed; the rest is paid.', by: { approval: 'Approved by the merchant', deadline: 'Approved by its deadline' }, approveBy: 'Approves itself', events: 'What it is made of', event: { check_in: 'Check-in', break_start: 'Break began', break_end: 'Break ended', check_out: 'Check-out' },
      object: 'Are minutes missing?', objectHint: 'Say how many and why. The merchant answers, the platform rules; the rest is paid as ever. Once only.', objectClosed: 'The time to object ended {{at}}.', left: 'Left', minutes: 'How many', minute: 'min', worth: 'worth', reason: 'Why', reasonHint: 'e.g. I was there at 20:00, but the network failed', objectDo_one: 'Object: {{count}} minute', objectDo_other: 'Object: {{count}} minutes',
    },
    dispute: { dispute_one: 'The merchant questions {{count}} minute', dispute_other: 'The merchant questions {{count}} minutes', objection_one: 'You ask for {{count}} minute', objection_other: 'You ask for {{count}} minutes', open: 'To be ruled', ruled: 'Ruled', reason: { dispute: 'The merchant says', objection: 'You say' }, answer: { dispute: 'You answer', objection: 'The merchant answers' }, ruling: 'Ruling', byDeadline: 'No ruling in time: yours', toAgent_one: '{{count}} minute is yours', toAgent_other: '{{count}} minutes are yours', ruleBy: 'Ruled by', yours: 'Your side', send: 'Send' },
    credential: {
      title: 'Credentials', count_other: '{{count}} valid', none: 'No credential yet', noneHint: 'Below is the way to each; it is issued by itself with the last step.', state: { valid: 'Valid', expiring: 'Expiring', expired: 'Expired', suspended: 'Suspended', revoked: 'Revoked', unknown: 'Unknown' }, valid: 'Valid', suspendedUntil: 'Suspended until', revokedAt: 'Revoked', reason: { cheating: 'cheating', misconduct: 'misconduct', evidence_wrong: 'wrong evidence', security: 'security', other: 'other' }, show: 'Show', page: 'Public page', file: 'Download', name: 'My name on the public page', nameShown: 'Anybody who scans it sees it', nameHidden: 'It only proves that the credential is valid', qr: 'QR code: {{address}}', qrHint: 'Whoever scans it sees whether it is valid now.',
    },
    appeal: { title: 'Appeal', hint: 'Somebody who had no part in the decision looks at it. Once for each decision.', reason: 'What happened', send: 'Send the appeal', mine: 'Your appeal', waiting: 'Waiting', upheld: 'Upheld', refused: 'Decision stands' },
    way: { title: 'Ways to credentials', missing_one: '{{count}} to go', missing_other: '{{count}} to go', grants: 'Grants', barred: 'The last one was revoked; the platform decides whether you may try again.', suspended: 'It cannot be renewed while suspended.', official: 'Issued by the platform.', kind: { course: 'Course', paper: 'Exam', simulation: 'Simulation', trial_shift: 'Trial shift', credential: 'Credential first' }, score: 'at least {{score}}%', met: 'Done', best: 'best {{score}}%' },
  },
}
