// What the pages of brand packs say, to merchants and to agents.
export default {
  zh: {
    title: '品牌资料包', version: '第 {{n}} 版', draft: '草稿', inForce: '生效中', from: '生效', editorial: '修订，不需重考', firstNote: '还没有发布过', quizOf: '测验是第 {{n}} 版的', noQuiz: '没有测验',
    part: { product_sheet: '商品资料', promotion_rules: '活动规则', facts: '常问常答', forbidden_promises: '禁止承诺', quick_replies: '快捷回复', quiz: '测验' },
    hint: {
      product_sheet: '款式、尺码、材质、库存、发货。支持 Markdown。', promotion_rules: '满减、券、赠品、时间。支持 Markdown。', facts: '顾客怎么问，就怎么写。自动出题主要用这里。',
      forbidden_promises: '照客服可能说出口的样子写，例如“今天下单保证明天到”。', quick_replies: '什么时候用，怎么说。', quiz: '先按资料出题，再改、删、加。答案只有你们和培训师看得到。',
    },
    field: { question: '顾客问', answer: '应答', when: '什么时候', reply: '怎么说', promise: '绝不能说' },
    add: { facts: '加一条问答', forbidden_promises: '加一条', quick_replies: '加一条', quiz: '自己加一题', option: '加选项', pair: '加一组' },
    row: '第 {{n}} 行', removeRow: '删掉第 {{n}} 行', saved: '已存为草稿', unsaved: '有改动还没存', reload: '读最新的', preview: '云客服看到的样子', look: '预览', parts: '资料包的部分',
    quiz: {
      make: '按资料出题', remake: '重新出题', none: '还没有题', noneHint: '先写好资料，再点“按资料出题”。至少 3 道题才能发布。', pass: '及格线', count_other: '{{count}} 道题', asked_other: '每次抽 {{count}} 道', question: '第 {{n}} 题', text: '题目', remove: '删掉第 {{n}} 题',
      kind: { true_false: '判断', single_choice: '单选', matching: '配对' }, source: { promise: '来自禁止承诺', fact: '来自常问常答', reply: '来自快捷回复', own: '自己加的', trainer: '培训师加的' }, yes: '对', no: '不对', right: '正确答案', option: '选项 {{n}}', left: '左 {{n}}', other: '右 {{n}}', removeOption: '删掉选项 {{n}}', kindOf: '题型',
    },
    publish: {
      do: '发布', title: '发布第 {{n}} 版', note: '改了什么', noteHint: '云客服会先看到这一句', editorial: '只是修订，不需要重考', editorialHint: '错别字、排版这类改动。已经通过的照样有效。', when: '什么时候生效', now: '现在', later: '选时间', at: '生效时间',
      holders_other: '现在有 {{count}} 位云客服拿着这家店还没开始的班。', keeps: '他们的席位不会马上收回：要在开始前 {{deadline}} 小时通过新测验，否则释放、另找人。发布后 {{notice}} 小时内开始的班和正在上的班照常。', nobody: '现在没有人拿着这家店还没开始的班。', claims: '生效后，没通过的人抢不到、也派不到这家店的班。',
      confirm: '发布，不能再改', done: '第 {{n}} 版已发布', few: '测验至少 3 道题', saveFirst: '先存草稿',
    },
    progress: {
      title: '谁要通过第 {{n}} 版', who: '谁要通过测验', none: '这一版生效时，没有人拿着没开始的班。', noQuiz: '还没有带测验的版本。', bar: '{{done}} / {{of}} 人已通过', passed_other: '{{count}} 人已通过', waiting_other: '{{count}} 人还没通过', released_other: '{{count}} 人没赶上，席位已释放', state: { waiting: '还没通过', passed: '已通过', released: '已释放' },
      due: '截止', seats_other: '{{count}} 席', more_other: '另有 {{count}} 人',
    },
    train: {
      note: '给商家资料包的下一版加题', none: '还没有品牌资料包', noneHint: '商家写了资料包，就会列在这里。', shop: '店铺', newest: '最新发布', questions: '草稿里的题', trainers: '培训师的', changed: '草稿改于', unwritten: '商家还没写这份资料包', unwrittenHint: '商家存了草稿，才能给它的测验加题。',
      mine: '培训师加的题', mineNote: '商家发布下一版时才会考；已发布的版本不变', merchants: '商家的题', merchantsNote: '由商家改', noneYet: '培训师还没有加题', noneYetHint: '自己写，或从题库里拿。', write: '写一题', take: '从题库拿', takeThem_other: '加入 {{count}} 题', bank: '题库', noneFound: '没有这样的题',
    },
    versions: { title: '发布过的版本', none: '还没有发布过。' },
    mine: { title: '品牌测验', due: '截止', passed: '已通过', take: '去考', open_other: '能开 {{count}} 个班次', seats_other: '你有 {{count}} 席', noQuiz: '只需阅读', next: '第 {{n}} 版将于 {{at}} 生效' },
    read: {
      passed: '这一版的测验你通过了', take: '去考试', about: '{{count}} 题，{{minutes}} 分钟，{{score}} 通过', needed: '通过测验，才能接这家店的班', due_other: '你有 {{count}} 席要先通过，截止', versions: '换一版看', notInForce: '这一版还没生效', old: '这不是现在生效的版本', toCurrent: '看生效的版本', none: '这一部分没有写', of: '本店资料包', mustPass: '新版资料包：先通过测验，截止', note: '这一版改了什么',
    },
  },
  en: {
    title: 'Brand pack', version: 'Version {{n}}', draft: 'Draft', inForce: 'In force', from: 'In force from', editorial: 'Wording only, no new quiz', firstNote: 'Nothing published yet', quizOf: 'Quiz of version {{n}}', noQuiz: 'No quiz',
    part: { product_sheet: 'Product sheet', promotion_rules: 'Promotion rules', facts: 'Questions and answers', forbidden_promises: 'Forbidden promises', quick_replies: 'Quick replies', quiz: 'Quiz' },
    hint: {
      product_sheet: 'Styles, sizes, materials, stock, shipping. Markdown works.', promotion_rules: 'Discounts, coupons, gifts, dates. Markdown works.', facts: 'As customers ask it. Questions are made mostly of these.',
      forbidden_promises: 'As an agent might say it: “Order today and it will be there tomorrow.”', quick_replies: 'When, and what to say.', quiz: 'Have questions made of the pack, then change, remove and add. Only you and trainers see the answers.',
    },
    field: { question: 'A customer asks', answer: 'The answer', when: 'When', reply: 'What to say', promise: 'Never say' },
    add: { facts: 'Add a question', forbidden_promises: 'Add one', quick_replies: 'Add one', quiz: 'Add my own', option: 'Add an answer', pair: 'Add a pair' },
    row: 'Row {{n}}', removeRow: 'Remove row {{n}}', saved: 'Draft saved', unsaved: 'Changes not saved yet', reload: 'Read the newest', preview: 'What agents see', look: 'Preview', parts: 'Parts of the pack',
    quiz: {
      make: 'Make questions of the pack', remake: 'Make them again', none: 'No questions yet', noneHint: 'Write the pack, then have questions made of it. Publishing takes at least 3.', pass: 'To pass', count_one: '{{count}} question', count_other: '{{count}} questions', asked_one: '{{count}} drawn for each attempt', asked_other: '{{count}} drawn for each attempt', question: 'Question {{n}}', text: 'Question', remove: 'Remove question {{n}}',
      kind: { true_false: 'True or false', single_choice: 'One answer', matching: 'Matching' }, source: { promise: 'from forbidden promises', fact: 'from questions and answers', reply: 'from quick replies', own: 'your own', trainer: 'from a trainer' }, yes: 'True', no: 'False', right: 'Right answer', option: 'Answer {{n}}', left: 'Left {{n}}', other: 'Right {{n}}', removeOption: 'Remove answer {{n}}', kindOf: 'Kind of question',
    },
    publish: {
      do: 'Publish', title: 'Publish version {{n}}', note: 'What changed', noteHint: 'Agents read this first', editorial: 'Wording only; nobody takes a quiz again', editorialHint: 'Typing mistakes, layout. Earlier passes stay good.', when: 'When it comes into force', now: 'Now', later: 'At a time', at: 'In force from',
      holders_one: '{{count}} agent holds seats of this shop that have not started.', holders_other: '{{count}} agents hold seats of this shop that have not started.', keeps: 'They keep them for now: who has not passed the new quiz {{deadline}} hours before a start loses that seat, and somebody else is found. Shifts that start within {{notice}} hours, and those under way, go on as they are.', nobody: 'Nobody holds a seat of this shop that has not started.', claims: 'Once it is in force, who has not passed can neither claim nor be offered its seats.',
      confirm: 'Publish for good', done: 'Version {{n}} is published', few: 'A quiz has at least 3 questions', saveFirst: 'Save the draft first',
    },
    progress: {
      title: 'Who must pass version {{n}}', who: 'Who must pass the quiz', none: 'Nobody held a seat when this version came into force.', noQuiz: 'No version has a quiz yet.', bar: '{{done}} of {{of}} passed', passed_one: '{{count}} passed', passed_other: '{{count}} passed', waiting_one: '{{count}} has not passed yet', waiting_other: '{{count}} have not passed yet', released_one: '{{count}} too late, seat released', released_other: '{{count}} too late, seats released', state: { waiting: 'Not passed', passed: 'Passed', released: 'Released' },
      due: 'By', seats_one: '{{count}} seat', seats_other: '{{count}} seats', more_one: '{{count}} more', more_other: '{{count}} more',
    },
    train: {
      note: 'Add questions to the next version of a pack', none: 'No brand packs yet', noneHint: 'They are listed here once a merchant writes one.', shop: 'Shop', newest: 'Published last', questions: 'Questions in the draft', trainers: 'From trainers', changed: 'Draft changed', unwritten: 'The merchant has not written this pack yet', unwrittenHint: 'Questions can be added once there is a draft.',
      mine: 'From trainers', mineNote: 'Asked once the merchant publishes the next version; published ones stay', merchants: 'By the merchant', merchantsNote: 'theirs to change', noneYet: 'Trainers have added none yet', noneYetHint: 'Write one, or take some from a bank.', write: 'Write one', take: 'Take from a bank', takeThem_one: 'Add {{count}} question', takeThem_other: 'Add {{count}} questions', bank: 'Question bank', noneFound: 'No such questions',
    },
    versions: { title: 'Published versions', none: 'Nothing published yet.' },
    mine: { title: 'Brand quizzes', due: 'By', passed: 'Passed', take: 'Take it', open_one: 'opens {{count}} shift', open_other: 'opens {{count}} shifts', seats_one: 'you hold {{count}} seat', seats_other: 'you hold {{count}} seats', noQuiz: 'Only to read', next: 'Version {{n}} comes into force {{at}}' },
    read: {
      passed: 'You passed the quiz of this version', take: 'Take the quiz', about: '{{count}} questions, {{minutes}} min, {{score}} to pass', needed: "Pass the quiz to take this shop's shifts", due_one: '{{count}} seat of yours asks for it, by', due_other: '{{count}} seats of yours ask for it, the first by', versions: 'Another version', notInForce: 'This version is not in force yet', old: 'This is not the version in force', toCurrent: 'See the one in force', none: 'Nothing is written here', of: "The shop's brand pack", mustPass: 'New brand pack: pass its quiz by', note: 'What changed in this version',
    },
  },
}
