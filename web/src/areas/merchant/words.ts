export default {
  zh: { nav: { today: '今日看板', bookings: '坐席预订', timesheets: '工时单', shop: '店铺', wallet: '钱包', team: '成员', keys: '接口密钥' } },
  en: { nav: { today: 'Today', bookings: 'Bookings', timesheets: 'Timesheets', shop: 'Shop', wallet: 'Wallet', team: 'Team', keys: 'API keys' } },
}
