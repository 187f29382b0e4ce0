export default {
  zh: {
    welcome: { join: '加入峰席', reset: '设新密码', to: '{{organisation}} 请你以{{role}}身份加入。', present: '你现在的密码', accept: '加入', set: '设好并登录', until: '链接有效期至' },
    credential: {
      title: '查证书', checked: '查询时间', unknownNote: '没有这个编号的证书', unknownHint: '编号可能抄错了。证书上的二维码会直接打开对的那一页。',
      holder: '持有人：{{name}}', noName: '不显示姓名：持有人没有同意公开。', issued: '颁发日期', until: '有效期至', revokedAt: '吊销于', suspendedUntil: '暂停到', reason: '原因代码', code: { cheating: '作弊', misconduct: '行为不当', evidence_wrong: '凭据有误', security: '安全', other: '其他' }, means: { valid: '现在有效，持证人可以凭它上岗。', expiring: '现在有效，快到期。', expired: '已过有效期，不再算数。', suspended: '暂停使用，等待核实。', revoked: '已永久作废，不要再凭它用人。', unknown: '还没开始生效。' }, grants: '带来的技能', file: '下载离线文件', fileHint: '没有网络也能验证：', fileFailed: '文件没有做成，检查网络再试。', logAt: '在透明日志里看第 {{leaf}} 条', qr: '打开这一页的二维码', id: '证书编号', copy: '复制链接', qrHint: '二维码只打开这一页，不含个人信息。', verify: '在这个浏览器里验证', proof: '验证', passed: '{{all}} 项通过 {{passed}} 项',
      check: { signature: '签名', issuer: '颁发者', status: '没有暂停或吊销', log: '在透明日志里' }, leaf: '第 {{leaf}} 条，{{steps}} 步包含证明', log: '打开透明日志', states: '这一页会说的六种状态',
    },
    log: { title: '透明日志', size_other: '{{count}} 条', what: '这是什么', about: '每张证书的颁发、暂停、恢复、吊销都是这里的一条，只能往后加。每条只有证书的指纹，没有人名。谁存过一个日志头，以后都能证明日志没有被改写过。', checkpoint: '已签名的日志头', leaves: '最新的记录', around: '第 {{leaf}} 条前后', newest: '看最新的', kind: '事件', at: '时间（北京时间）', credential: '证书指纹 SHA-256', of: { issued: '颁发', suspended: '暂停', reinstated: '恢复', revoked: '吊销' }, empty: '还没有颁发过证书。' },
    landing: {
      title: '高峰那几晚的客服坐席，按小时订', lead: '峰席把商家的高峰坐席，派给考过试、在家上岗的云客服。谁来、做得怎样、钱到了哪里，都查得到。', book: '我要订坐席', work: '我要接班',
      onSeat: '席正在岗', certified: '名有技能的云客服', attendance: '近 30 天到岗率', open: '席今天可接', source: '，实时统计',
      merchants: '商家得到什么', example: '示意：36 席的一班，34 在岗，1 迟到，1 备勤在途', m1: '同一批人做完整个活动，换人必须让你看见', m2: '缺席 10 分钟，座位马上再派出去', m3: '没人上岗的席时不收钱，账单每行能点开',
      agents: '云客服得到什么', openTonight_other: '24 小时内还有 {{count}} 席可接', a1: '不收任何费用，试岗、培训会、待命都付钱', a2: '每天只做 2 小时也行，声明的限制不影响星级', a3: '接不了的班，写清差哪一条、怎么补上', noneOpen: '现在没有可接的班次。',
    },
    calculator: { title: '你要几席', same: '和下单用的是同一套算法', contacts: '半小时咨询', handling: '每次处理', level: '接起比例', patience: '顾客耐心', times: '次', seconds: '秒', within: '% 在 20 秒内', curve: '咨询量变了要几席', a: '等不及会走，Erlang A', c: '一直等，Erlang C', point: '{{contacts}} 次要 {{a}} 席，一直等要 {{c}} 席', nSeats_other: '{{count}} 席', seats: '席够了', outcome: '{{level}}% 在 20 秒内接起，{{abandon}}% 等不及离开；若顾客一直等，要 {{c}} 席', upload: '传去年的咨询量' },
    signIn: { title: '登录峰席', email: '邮箱', password: '密码', submit: '登录', none: '还没有账号？' },
    signUp: { title: '注册峰席', kind: '我是', merchant: '商家，要订坐席', agent: '云客服，要接班', name: '姓名', nameHint: '同事看到全名，别人只看到第一个字', organisation: '商家名称', password: '密码', passwordHint: '10 到 128 个字符', submit: '注册', have: '已有账号？' },
    demo: { title: '演示账号', hint: '这是一个演示市场。点一个人，就以这个人的身份进去看看。' },
  },
  en: {
    welcome: { join: 'Join PeakSeat', reset: 'Set a new password', to: '{{organisation}} invites you as {{role}}.', present: 'Your present password', accept: 'Join', set: 'Set it and sign in', until: 'The link works until' },
    credential: {
      title: 'Credential check', checked: 'Checked', unknownNote: 'There is no credential with this id', unknownHint: 'The id may be misspelt. The QR code on a credential opens the right page.',
      holder: 'Holder: {{name}}', noName: 'Name not shown: the holder has not agreed to publish it.', issued: 'Issued', until: 'Valid until', revokedAt: 'Revoked', suspendedUntil: 'Suspended until', reason: 'Reason code', code: { cheating: 'Cheating', misconduct: 'Misconduct', evidence_wrong: 'Wrong evidence', security: 'Security', other: 'Other' }, means: { valid: 'In force: the holder may work seats with it.', expiring: 'In force, but expiring soon.', expired: 'It has expired and no longer counts.', suspended: 'Suspended while it is being looked into.', revoked: 'Permanently void: do not rely on it.', unknown: 'Not in force yet.' }, grants: 'Grants', file: 'Download offline file', fileHint: 'It can be checked offline:', fileFailed: 'The file could not be made; check the network and try again.', logAt: 'Open the log at leaf {{leaf}}', qr: 'QR code that opens this page', id: 'Credential', copy: 'Copy link', qrHint: 'The code opens this page. It holds no personal data.', verify: 'Verify in this browser', proof: 'Proof', passed: '{{passed}} of {{all}} pass',
      check: { signature: 'Signature', issuer: 'Issuer', status: 'Not suspended or revoked', log: 'In the transparency log' }, leaf: 'Leaf {{leaf}}, {{steps}}-step inclusion proof', log: 'Open the transparency log', states: 'What this page can say',
    },
    log: { title: 'Transparency log', size_one: '{{count}} entry', size_other: '{{count}} entries', what: 'What this is', about: 'Each issue, suspension, reinstatement and revocation of a credential is an entry here; entries are only added. An entry holds the fingerprint of the credential and no name. Whoever kept a head of the log can prove later that it was never rewritten.', checkpoint: 'Signed head of the log', leaves: 'Newest entries', around: 'Around entry {{leaf}}', newest: 'Show the newest', kind: 'Event', at: 'Time (UTC+8)', credential: 'SHA-256 of the credential', of: { issued: 'issued', suspended: 'suspended', reinstated: 'reinstated', revoked: 'revoked' }, empty: 'No credential has been issued yet.' },
    landing: {
      title: 'Customer-service seats for your peak, by the hour', lead: 'PeakSeat fills the seats of your peak with agents who passed their exams and work from home. Who came, how they did and where the money went can all be looked up.', book: 'Book seats', work: 'Work a shift',
      onSeat: 'on seat now', certified: 'agents with skills', attendance: 'attendance, 30 days', open: 'seats open today', source: ', counted live',
      merchants: 'What merchants get', example: 'Example: a shift of 36, 34 on, 1 late, 1 standby on the way', m1: 'The same people through the whole peak; nobody is swapped unseen', m2: 'Ten minutes missing, and the seat is offered again at once', m3: 'Hours that nobody worked are not charged, and every line of the bill opens',
      agents: 'What agents get', openTonight_one: '{{count}} seat open within 24 hours', openTonight_other: '{{count}} seats open within 24 hours', a1: 'No fees; trial shifts, briefings and waiting are paid', a2: 'Two hours a day is fine, and declared limits never cost standing', a3: 'A closed shift says which rule is short and how to meet it', noneOpen: 'No shift is open now.',
    },
    calculator: { title: 'How many seats', same: 'The planner that bookings use', contacts: 'Contacts, 30 min', handling: 'Handling time', level: 'Answered', patience: 'Patience', times: 'contacts', seconds: 's', within: '% in 20 s', curve: 'Seats when contacts change', a: 'Some give up, Erlang A', c: 'All wait, Erlang C', point: '{{contacts}} contacts need {{a}} seats, {{c}} if all wait', nSeats_one: '{{count}} seat', nSeats_other: '{{count}} seats', seats: 'seats are enough', outcome: '{{level}}% answered within 20 s, {{abandon}}% give up; {{c}} if customers wait forever', upload: 'Upload last year\'s contacts' },
    signIn: { title: 'Sign in to PeakSeat', email: 'E-mail', password: 'Password', submit: 'Sign in', none: 'No account yet?' },
    signUp: { title: 'Create an account', kind: 'I want to', merchant: 'Book seats', agent: 'Work seats', name: 'Name', nameHint: 'Colleagues see your full name, others only its first character', organisation: 'Name of the merchant', password: 'Password', passwordHint: '10 to 128 characters', submit: 'Sign up', have: 'Have an account?' },
    demo: { title: 'Demo people', hint: 'This is a demo market. Pick someone and look around as them.' },
  },
}
