export default {
  zh: { account: '账号', profile: '个人资料', noNotices: '没有通知', noticesHint: '班次、派单和钱的变化会出现在这里。', allRead: '全部标为已读', demo: '演示账号', nav: '主导航', unread_other: '{{count}} 条未读', live: '新通知会自己出现', offline: '连接断了，正在重连' },
  en: { account: 'Account', profile: 'Profile', noNotices: 'No notices', noticesHint: 'Changes of shifts, offers and money appear here.', allRead: 'Mark all as read', demo: 'Demo people', nav: 'Main', unread_one: '{{count}} unread', unread_other: '{{count}} unread', live: 'New notices appear by themselves', offline: 'Connection lost; reconnecting' },
}
