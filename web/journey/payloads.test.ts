import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { journey, open, people, settled, signIn, signUp, token, url } from './browser'
import { packed, payloads } from './payloads'

interface Made {
  id: string
  public_id: string
  paper_id: string
  version_id: string
}

/** What a page is to show: who opens it, where, the buttons to press there, and texts that stand in it as they were typed. */
interface Shown {
  as: keyof typeof people | 'taker'
  path: string
  press?: string[]
  texts: string[]
}

test('there are forty', () => expect(new Set(payloads).size).toBe(40))

/** apiOf asks the API as one person who signed in once. */
async function apiOf(page: Page, email: string) {
  const bearer = await token(page, email)
  return async <T = Made>(method: string, path: string, data?: unknown): Promise<T> => {
    const headers: Record<string, string> = { Authorization: 'Bearer ' + bearer }
    if (method === 'PATCH') headers['If-Match'] = (await page.request.get(url + '/api/v1' + path, { headers })).headers()['etag'] ?? ''
    const answer = await page.request.fetch(url + '/api/v1' + path, { method, data, headers })
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
    return (answer.status() === 204 ? undefined : await answer.json()) as T
  }
}

/** seeded stores the payloads in every kind of text that there is, and tells where they are shown. */
async function seeded(page: Page): Promise<Shown[]> {
  const [owner, agent, trainer, operator] = await Promise.all(
    [people.owner, people.agent, people.trainer, people.operator].map((who) => apiOf(page, who)),
  )
  const [names, titles, names100, reasons, all] = [packed(80), packed(120), packed(100), packed(500), payloads.join(' ')] as const
  const seen = '看得见的字'
  const code = (what: string) => `${what}_${Date.now()}`
  const day = (plus: number) => new Date(Date.now() + (plus * 24 + 8) * 3_600_000).toISOString().slice(0, 10)

  const shops: Made[] = []
  for (const name of names) shops.push(await owner!('POST', '/shops', { name, industry: 'apparel', channels: ['chat'] }))
  const bookings: Made[] = []
  for (const title of titles) {
    bookings.push(
      await owner!('POST', '/bookings', {
        shop_id: shops[0]!.id,
        title,
        starts_on: day(3),
        ends_on: day(3),
        requirements: [],
        windows: [{ start: '10:00', end: '12:00', seats: 1 }],
      }),
    )
  }
  for (const name of names) await owner!('POST', '/api-keys', { name, role: 'viewer', scopes: ['account:read'] })
  await owner!('PUT', '/organisation/name', { name: names[1] })
  await owner!('PATCH', '/me', { name: names[2] })
  await agent!('PATCH', '/me', { name: names[3] })

  for (const name of names) await operator!('POST', '/campaigns', { name, starts_on: day(400), ends_on: day(401), multiplier: 10000 })
  const template = await operator!('POST', '/credential-templates', {
    code: code('payload'),
    name_zh: names100[0],
    name_en: names100[1],
    about_zh: all.slice(0, 2000),
    about_en: all.slice(0, 2000),
    requirements: [],
    renewal_requirements: [],
    grants: [{ tag: 'function/review', level: 1 }],
    valid_days: 90,
  })
  const me = await agent!('GET', '/me')
  const credential = await trainer!('POST', '/credentials', { agent_id: me.id, template_id: template.id, evidence: all.slice(0, 2000) })
  await agent!('PUT', `/credentials/${credential.id}/consent`, { show_name: true })
  await trainer!('POST', `/credentials/${credential.id}/revocation-requests`, { reason_code: 'other', reason: all.slice(0, 2000) })

  const courses: Made[] = []
  for (const [i, name] of names100.entries()) {
    courses.push(
      await trainer!('POST', '/courses', {
        code: code('payload' + i),
        name_zh: name,
        name_en: name,
        about_zh: all.slice(0, 2000),
        about_en: all.slice(0, 2000),
        lessons: [
          { key: 'one', minutes: 5, title_zh: name, title_en: name, body_zh: payloads.join('\n\n'), body_en: payloads.join('\n\n') },
        ],
      }),
    )
  }
  // What is written as HTML is shown to examinees without its markup, so only the trainer sees all of it; the console stays silent about its styles too.
  const [bank, markup] = [
    await trainer!('POST', '/question-banks', { code: code('plain'), name: names100[2] }),
    await trainer!('POST', '/question-banks', { code: code('markup'), name: names100[4] }),
  ]
  for (const [of, format] of [
    [bank, 'plain'],
    [bank, 'markdown'],
    [markup, 'html'],
    [markup, 'moodle'],
  ] as const) {
    const text = { body: (of === markup ? `<p style="color:red" onclick="__hit=1">${seen}</p>` : '') + all, format }
    await trainer!('POST', `/question-banks/${of.id}/questions`, {
      kind: 'single_choice',
      difficulty: 1,
      category: '售前',
      title: payloads[7],
      text,
      feedback: text,
      answers: [
        { text, weight: 10_000_000 },
        { text: { body: payloads.toReversed().join(' '), format }, weight: 0 },
      ],
    })
  }
  const paperOf = async (what: string, of: Made) => {
    const made = await trainer!('POST', '/papers', {
      code: code(what),
      name_zh: names100[3],
      name_en: names100[3],
      bank_ids: [of.id],
      blueprint: [{ topic: '售前', difficulty: 1, count: 2, points: 1 }],
      minutes: 10,
      grace_seconds: 30,
      max_attempts: 3,
      max_overlap: 100,
      cool_down_minutes: 0,
      pass_score: 6000,
    })
    await trainer!('POST', `/papers/${made.paper_id}/versions/1/publication`)
    return made
  }
  const [paper, written] = [await paperOf('payload', bank), await paperOf('markup', markup)]
  const asked = await agent!('POST', '/peer-questions', { title: names100[0], body: all.slice(0, 4000) })
  await trainer!('POST', `/peer-questions/${asked.id}/answers`, { body: all.slice(0, 4000) })
  await trainer!('POST', '/talks', {
    title_zh: names100[1],
    title_en: names100[1],
    speaker: names100[2],
    link: 'https://talks.peakseat.test/x',
    capacity: 9,
    starts_at: new Date(Date.now() + 3_600_000).toISOString(),
    ends_at: new Date(Date.now() + 7_200_000).toISOString(),
  })
  for (const c of courses) await trainer!('POST', `/course-versions/${c.version_id}/publication`)
  for (const reason of reasons) await operator!('POST', `/accounts/${me.id}/reveal`, { reason })

  return [
    { as: 'owner', path: '/merchant/bookings?state=draft', texts: titles },
    { as: 'owner', path: '/merchant/bookings/' + bookings[0]!.id, texts: [titles[0]!] },
    { as: 'owner', path: '/merchant/shops', texts: names },
    { as: 'owner', path: '/merchant/keys', texts: names },
    { as: 'owner', path: '/merchant/team', texts: [names[2]!] },
    { as: 'owner', path: '/merchant/bookings/new', texts: [] },
    { as: 'owner', path: '/me/profile', texts: [] },
    { as: 'agent', path: '/agent/home', texts: [] },
    { as: 'agent', path: '/agent/hall', texts: [] },
    { as: 'agent', path: '/agent/academy', press: ['全部'], texts: names100 },
    { as: 'agent', path: '/agent/academy/courses/' + courses[0]!.id, texts: [names100[0]!] },
    { as: 'agent', path: '/agent/academy/papers/' + paper.paper_id, texts: [names100[3]!] },
    { as: 'agent', path: '/agent/academy/papers/' + paper.paper_id, press: ['开始考试'], texts: payloads },
    { as: 'taker', path: '/agent/academy/papers/' + written.paper_id, press: ['开始考试'], texts: [seen] },
    { as: 'agent', path: '/agent/academy/questions', texts: [names100[0]!] },
    { as: 'agent', path: '/agent/academy/questions/' + asked.id, texts: [names100[0]!] },
    { as: 'agent', path: '/agent/academy/talks', texts: [names100[1]!] },
    { as: 'trainer', path: '/trainer/questions/' + asked.id, texts: [names100[0]!] },
    { as: 'trainer', path: '/trainer/talks', texts: [names100[1]!] },
    { as: 'agent', path: '/agent/me/credentials', texts: [names100[0]!] },
    { as: 'agent', path: '/me/notices', texts: [] },
    { as: 'trainer', path: '/trainer/courses', texts: names100 },
    { as: 'trainer', path: '/trainer/courses/' + courses[0]!.version_id, texts: [names100[0]!] },
    { as: 'trainer', path: '/trainer/banks', texts: [names100[2]!] },
    { as: 'trainer', path: '/trainer/banks/' + bank.id, texts: payloads },
    { as: 'trainer', path: '/trainer/banks/' + markup.id, texts: payloads },
    { as: 'trainer', path: '/trainer/papers', texts: [names100[3]!] },
    { as: 'trainer', path: '/trainer/papers/' + paper.paper_id, texts: [names100[3]!] },
    { as: 'trainer', path: '/trainer/credentials', texts: [] },
    { as: 'operator', path: '/operator/campaigns', texts: names },
    { as: 'operator', path: '/operator/people', texts: [] },
    { as: 'operator', path: '/operator/market', texts: [] },
    { as: 'operator', path: '/operator/audit', press: reasons.map(() => '展开行'), texts: reasons },
    { as: 'operator', path: '/credentials/' + credential.public_id, texts: [names100[0]!] },
  ]
}

/** made is what on the page only a payload that was taken for markup could have made. */
const made = () =>
  [...document.querySelectorAll('*')]
    .filter(
      (e) =>
        (/^(script|iframe|object|embed|base|math|animate|video)$/i.test(e.tagName) &&
          !(e instanceof HTMLScriptElement && new URL(e.src, location.href).origin === location.origin && e.src !== '') &&
          !e.matches('head > script#ahead[type="application/json"]')) || // the app's own, which never runs
        [...e.attributes].some(
          (a) =>
            /^on/i.test(a.name) ||
            (/^(href|src|action|data|srcdoc)$/i.test(a.name) && /^\s*(javascript|data:text)/i.test(a.value)) ||
            (a.name === 'style' && a.value.includes('expression(')),
        ),
    )
    .map((e) => e.outerHTML.slice(0, 200))

journey(
  'forty scripts typed into every field are shown as text',
  async () => {
    const first = await open()
    const shown = await seeded(first)
    const policy = (await first.request.get(url + '/')).headers()['content-security-policy'] ?? ''
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? /default-src ([^;]*)/.exec(policy)?.[1]
    expect(scripts).toBe("'self'")

    const wrong: string[] = []
    const emails = { ...people, taker: await signUp(first, '考生') } // nobody sits two exams at once
    for (const as of ['owner', 'agent', 'taker', 'trainer', 'operator'] as const) {
      const page = await open()
      page.on('dialog', (d) => {
        if (d.type() !== 'beforeunload') wrong.push(`${page.url()}: a dialog said ${d.message()}`)
        void d.accept()
      })
      const own = shown.filter((s) => s.as === as)
      await signIn(page, emails[as], '/mark.svg')
      for (const { path, press, texts } of own) {
        await page.goto(url + path)
        await settled(page)
        for (const name of press ?? []) await page.getByRole('button', { name }).first().click()
        if (press) await page.getByText(texts[0]!).first().waitFor()
        const found = await page.evaluate(() => ({ text: document.body.textContent, hit: (window as unknown as { __hit?: number }).__hit }))
        if (found.hit !== undefined) wrong.push(`${path}: a script ran`)
        for (const t of texts) if (!found.text.includes(t)) wrong.push(`${path}: does not show ${t}`)
        for (const e of await page.evaluate(made)) wrong.push(`${path}: made ${e}`)
      }
    }
    expect(wrong).toEqual([])
  },
  120_000,
)
