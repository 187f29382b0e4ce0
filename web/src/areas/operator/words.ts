export default {
  zh: { nav: { market: '市场', plans: '排班方案', campaigns: '活动', rules: '规则', taxonomy: '技能标签', prices: '价目', peopleGroup: '人与组织', people: '人', disputes: '争议', appeals: '申诉', record: '记录', parked: '搁置的事实', audit: '审计' } },
  en: { nav: { market: 'Market', plans: 'Plans', campaigns: 'Campaigns', rules: 'Rules', taxonomy: 'Taxonomy', prices: 'Price book', peopleGroup: 'People', people: 'People', disputes: 'Disputes', appeals: 'Appeals', record: 'Record', parked: 'Parked facts', audit: 'Audit' } },
}
