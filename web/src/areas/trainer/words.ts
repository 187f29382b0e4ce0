export default {
  zh: { nav: { courses: '课程', banks: '题库', papers: '试卷', judge: '评分', grading: '待评分', trials: '试岗', items: '题目分析', certification: '认证', credentials: '证书' } },
  en: { nav: { courses: 'Courses', banks: 'Question banks', papers: 'Papers', judge: 'Grading', grading: 'Grading queue', trials: 'Trial shifts', items: 'Item analysis', certification: 'Certification', credentials: 'Credentials' } },
}
