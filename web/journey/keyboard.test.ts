import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { call, journey, open, people, settled, token, url } from './browser'

interface List<T> {
  items: T[]
}

const password = 'by keyboard alone'

/** An exam of three questions whose statements are true, a course of one lesson with a quiz, and a credential that takes both. */
async function school(page: Page, code: string) {
  const bank = await call<{ id: string }>(page, people.trainer, 'POST', '/question-banks', { code, name: '键盘' })
  for (const title of ['先问候', '再问清', '不承诺']) {
    await call(page, people.trainer, 'POST', `/question-banks/${bank.id}/questions`, {
      kind: 'true_false',
      difficulty: 1,
      category: '售前',
      title,
      text: { body: `<p style="color:red">${title}，对吗？<img src="nowhere.png" alt=""></p>`, format: 'html' },
      answers: [{ weight: 10_000_000 }, { weight: 0 }],
    })
  }
  const paper = await call<{ paper_id: string }>(page, people.trainer, 'POST', '/papers', {
    code,
    name_zh: '键盘考试',
    name_en: 'Keyboard exam',
    bank_ids: [bank.id],
    blueprint: [{ topic: '售前', difficulty: 1, count: 3, points: 1 }],
    minutes: 10,
    grace_seconds: 5,
    max_attempts: 3,
    max_overlap: 100,
    cool_down_minutes: 0,
    pass_score: 8000,
  })
  await call(page, people.trainer, 'POST', `/papers/${paper.paper_id}/versions/1/publication`)
  const course = await call<{ version_id: string }>(page, people.trainer, 'POST', '/courses', {
    code,
    name_zh: '键盘课',
    name_en: 'Keyboard course',
    about_zh: '一课',
    about_en: 'One lesson',
    lessons: [
      {
        key: 'one',
        minutes: 5,
        title_zh: '第一课',
        title_en: 'One',
        body_zh: '先问候。',
        body_en: 'Greet first.',
        quiz_pass: 100,
        quiz: [
          {
            kind: 'single_choice',
            text_zh: '先做什么？',
            text_en: 'What first?',
            options: [
              { zh: '问候', en: 'Greet', right: true },
              { zh: '推荐', en: 'Recommend' },
            ],
          },
        ],
      },
    ],
  })
  await call(page, people.trainer, 'POST', `/course-versions/${course.version_id}/publication`)
  await call(page, people.operator, 'POST', '/credential-templates', {
    code,
    name_zh: '键盘上岗证',
    name_en: 'Keyboard credential',
    about_zh: '一门课，一场考试',
    about_en: 'A course and an exam',
    requirements: [
      { kind: 'course', ref: code },
      { kind: 'paper', ref: code, score: 80 },
    ],
    renewal_requirements: [{ kind: 'paper', ref: code, score: 80 }],
    grants: [{ tag: 'function/review', level: 1 }],
    valid_days: 365,
  })
}

/** What has the focus: its name as a screen reader says it, about. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const e = document.activeElement as HTMLElement | null
    if (!e || e === document.body) return ''
    const labels = (e as HTMLInputElement).labels
    const by = e.getAttribute('aria-labelledby')
    return (
      (e.getAttribute('aria-label') ??
        (labels?.length ? [...labels].map((l) => l.innerText).join(' ') : by ? document.getElementById(by)?.innerText : '') ??
        '') ||
      e.innerText ||
      ''
    )
  })

/** tabTo presses Tab until what is named has the focus, and sees that the focus is visible. */
async function tabTo(page: Page, name: RegExp, most = 90) {
  const passed: string[] = []
  for (let i = 0; i < most; i++) {
    const here = await focused(page)
    if (name.test(here)) {
      const seen = await page.evaluate(() => {
        const e = document.activeElement!
        const shown = (x: Element | null) =>
          x !== null && (getComputedStyle(x).outlineStyle !== 'none' || getComputedStyle(x).boxShadow !== 'none')
        return shown(e) || shown(e.closest('label')) || shown(e.closest('.ant-input-affix-wrapper, .ant-segmented-item'))
      })
      expect(seen, `the focus on ${here} is not visible`).toBe(true)
      return
    }
    passed.push(here.slice(0, 20))
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${String(name)}: ${passed.join(' | ')}`)
}

const press = async (page: Page, name: RegExp) => {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}
const fill = async (page: Page, name: RegExp, text: string) => {
  await tabTo(page, name)
  await page.keyboard.type(text)
}

// J8. From registration to a tag in force without a mouse, with half as much time again, which outlives a reload.
journey(
  'a newcomer gets from registration to a passed exam by keyboard alone',
  async () => {
    const page = await open()
    const code = 'keyboard_' + Date.now(),
      email = code + '@demo.peakseat.test'
    await school(page, code)
    await page.goto(url + '/sign-up?kind=agent')
    await settled(page)
    await fill(page, /姓名|称呼|名字/, '键盘')
    await fill(page, /邮箱/, email)
    await fill(page, /密码/, password)
    await page.keyboard.press('Enter')
    await page.waitForURL(/agent\/home/)
    const bearer = await page.request
      .post(url + '/api/v1/sessions', { data: { email, password } })
      .then(async (r) => ((await r.json()) as { access_token: string }).access_token)
    const mine = async <T>(path: string) =>
      (await (await page.request.get(url + '/api/v1' + path, { headers: { Authorization: 'Bearer ' + bearer } })).json()) as T
    const me = await mine<{ id: string }>('/me')
    await call(page, people.trainer, 'PUT', `/agents/${me.id}/accommodation`, { time_factor: 150, pause_minutes: 0, reason: '读屏' })

    // The questionnaire, twenty items by their digits.
    await press(page, /^学院$/)
    await page.waitForURL(/agent\/academy$/)
    await settled(page)
    await press(page, /^兴趣与性格/)
    await page.waitForURL(/assessments$/)
    await settled(page)
    await press(page, /^性格/)
    await page.waitForURL(/mini_ipip$/)
    await settled(page)
    await press(page, /^开始$/)
    await page.waitForURL(/take$/)
    await settled(page)
    for (let group = 0; group < 4; group++) {
      await tabTo(page, /非常不符合/)
      for (const digit of '24135') await page.keyboard.press(digit)
      expect(await focused(page)).toMatch(group === 3 ? /看结果/ : /下一组/)
      await page.keyboard.press('Enter')
      if (group < 3) await page.getByRole('heading', { name: `第 ${group + 2} 组，共 4 组` }).waitFor()
    }
    await page.waitForURL(/result=/)
    await page.getByText('你的画像').waitFor()
    const asOwner = await page.request.get(url + '/api/v1/assessments', {
      headers: { Authorization: 'Bearer ' + (await token(page, people.owner)) },
    })
    expect(asOwner.status(), 'a merchant reads what was said in private').toBe(403)

    // The course with its quiz.
    await press(page, /^学院$/)
    await page.waitForURL(/agent\/academy$/)
    await settled(page)
    await press(page, /键盘课/)
    await page.waitForURL(/courses\//)
    await settled(page)
    await press(page, /^开始学$/)
    await page.waitForURL(/lesson=one/)
    await settled(page)
    await tabTo(page, /问候/)
    await page.keyboard.press('Space')
    await press(page, /^交上看看$/)
    await page.getByText(/过了/).waitFor()
    await press(page, /^学完这门课$/)
    await page.getByText('已完成').first().waitFor()

    // The exam, with its time; a reload costs nothing of it.
    await press(page, /^学院$/)
    await page.waitForURL(/agent\/academy$/)
    await settled(page)
    await press(page, /键盘考试/)
    await page.waitForURL(/papers\//)
    await page.getByText('1.5 倍时间', { exact: false }).waitFor()
    await press(page, /^开始考试$/)
    await page.waitForURL(/agent\/exam\//)
    await page.getByText('1.5 倍时间').waitFor()
    await page.reload()
    await page.getByText('1.5 倍时间').waitFor()
    const [attempt] = (await mine<List<{ id: string }>>('/attempts')).items
    expect((await mine<{ remaining_seconds: number }>('/attempts/' + attempt!.id)).remaining_seconds).toBeGreaterThan(10 * 60)
    for (let n = 1; n <= 3; n++) {
      await page.getByText(/，对吗？/).waitFor()
      await tabTo(page, /^对$/)
      await page.keyboard.press('Space')
      await page.getByText('已保存').waitFor()
      if (n < 3) {
        await press(page, /^下一题$/)
        await page
          .getByText(`第 ${n + 1} 题，共 3 题`)
          .first()
          .waitFor()
      }
    }
    await press(page, /^交卷$/)
    await page.getByRole('dialog').waitFor()
    await press(page, /^交卷$/)
    await page.getByRole('heading', { name: '通过了' }).waitFor()

    // In the pool, with a tag that ends one day.
    await expect
      .poll(
        async () =>
          (await mine<List<{ tag: string; level: number; valid: boolean; expires_at: string }>>('/me/tags')).items.filter(
            (x) => x.tag === 'function/review' && x.level === 1 && x.valid && Date.parse(x.expires_at) > Date.now(),
          ).length,
        { timeout: 20_000 },
      )
      .toBe(1)
  },
  180_000,
)
