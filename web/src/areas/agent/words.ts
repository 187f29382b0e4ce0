export default {
  zh: { nav: { home: '首页', hall: '任务大厅', shifts: '班次', academy: '学院', me: '我的' } },
  en: { nav: { home: 'Home', hall: 'Task hall', shifts: 'Shifts', academy: 'Academy', me: 'Me' } },
}
