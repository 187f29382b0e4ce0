export default {
  zh: {
    title: '个人资料', name: '姓名', email: '邮箱', since: '注册于', organisations: '我所在的组织', current: '当前', enter: '切换到这里', enterHint: '切换组织要再输一次密码', password: '密码', present: '当前密码', fresh: '新密码', freshHint: '10 到 128 个字符。改完后，你在别处的登录都会退出。', change: '改密码', changed: '密码已改', data: '我的数据', export: '下载我的数据', sessions: '登录过的设备', began: '登录', ended: '退出', live: '使用中',
    erase: '注销账号', eraseHint: '姓名和邮箱会永久删去，不能恢复；工时和账目按法律保留，但不再带你的名字。', eraseConfirm: '永久注销', eraseSure: '输入密码，永久注销',
  },
  en: {
    title: 'Profile', name: 'Name', email: 'E-mail', since: 'Since', organisations: 'My organisations', current: 'current', enter: 'Switch to this', enterHint: 'Switching asks for your password again', password: 'Password', present: 'Current password', fresh: 'New password', freshHint: '10 to 128 characters. It ends your sessions elsewhere.', change: 'Change password', changed: 'The password is changed', data: 'My data', export: 'Download my data', sessions: 'Signed-in devices', began: 'Signed in', ended: 'signed out', live: 'active',
    erase: 'Erase my account', eraseHint: 'Your name and e-mail are erased for good. Timesheets and accounts are kept as the law requires, without your name.', eraseConfirm: 'Erase for good', eraseSure: 'Type your password to erase for good',
  },
}
