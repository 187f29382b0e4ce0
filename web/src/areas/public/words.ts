export default {
  zh: {
    signIn: { title: '登录峰席', email: '邮箱', password: '密码', submit: '登录', none: '还没有账号？', wrong: '邮箱或密码不对', to: '登录后回到刚才那一页' },
    signUp: { title: '开一个账号', kind: '我是', merchant: '商家，要订坐席', agent: '云客服，要接班', name: '姓名', nameHint: '同事看到全名，别人只看到第一个字', organisation: '商家名称', password: '密码', passwordHint: '10 到 128 个字符', submit: '注册', have: '已有账号？' },
    demo: { title: '演示账号', hint: '这是一个演示市场。点一个人，就以他的身份进去看。' },
  },
  en: {
    signIn: { title: 'Sign in to PeakSeat', email: 'E-mail', password: 'Password', submit: 'Sign in', none: 'No account yet?', wrong: 'The e-mail or the password is wrong', to: 'You come back to the page you were on' },
    signUp: { title: 'Open an account', kind: 'I am', merchant: 'A merchant who books seats', agent: 'An agent who works them', name: 'Name', nameHint: 'Colleagues see it whole, others its first character', organisation: 'Name of the merchant', password: 'Password', passwordHint: '10 to 128 characters', submit: 'Sign up', have: 'Have an account?' },
    demo: { title: 'Demo people', hint: 'This is a demo market. Choose somebody to look around as them.' },
  },
}
