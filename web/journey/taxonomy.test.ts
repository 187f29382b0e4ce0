import { expect } from 'vitest'
import { barriers, call, journey, open, people, settled, signIn } from './browser'
import type { List } from './market'

// The taxonomy is tended in the browser: a tag is added, renamed and retired, each with its reason, and its history says so.
journey(
  'an operator adds, renames and retires a skill tag',
  async () => {
    const value = 'tag' + Date.now()
    const page = await open()
    await signIn(page, people.operator, '/operator/taxonomy')
    await settled(page)
    await page.getByRole('button', { name: '加标签' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('代码').fill(value)
    await dialog.getByLabel('中文名称').fill('直播带货 ' + value)
    await dialog.getByLabel('英文名称').fill('Live selling ' + value)
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: /存为第 \d+ 版/ }).click()
    await dialog.getByText('写一句原因').waitFor() // nothing is changed without one
    await dialog.getByLabel('原因').fill('直播间要用')
    await dialog.getByRole('button', { name: /存为第 \d+ 版/ }).click()
    await page.getByRole('button', { name: '直播带货 ' + value }).click()

    await dialog.getByLabel('中文名称').fill('直播导购 ' + value)
    await dialog.getByLabel('原因').fill('叫法统一')
    await dialog.getByRole('button', { name: /存为第 \d+ 版/ }).click()
    await page.getByRole('button', { name: '直播导购 ' + value }).click()

    await dialog.getByRole('button', { name: '停用' }).click()
    const sure = page.getByRole('dialog').last()
    await sure.getByText('保留到各自到期').waitFor()
    await sure.getByLabel('原因').fill('并入别的标签')
    await sure.getByRole('button', { name: '停用' }).click()
    await page.getByRole('button', { name: '直播导购 ' + value }).waitFor({ state: 'detached' })
    const offered = await call<List<{ tag: string }>>(page, people.owner, 'GET', '/tags')
    expect(offered.items.map((t) => t.tag)).not.toContain('function/' + value)

    await page.getByLabel('也看已停用的').check()
    await page.getByRole('button', { name: '直播导购 ' + value }).click()
    await dialog.getByText('这个标签的经过').click()
    for (const kind of ['停用', '改名', '新增']) await dialog.getByRole('listitem').filter({ hasText: kind }).first().waitFor()
    await dialog.getByText(new RegExp('原来是：直播带货 ' + value)).waitFor()
  },
  60_000,
)
