// Answers to a questionnaire are private, and the server keeps them only when they are handed in: until then they lie on this device,
// under the account, so that whoever signs in next does not find them.
const key = (account: string, form: string) => `peakseat.assessment.${account}.${form}`

/** kept is what was answered so far: the option of each item, -1 where there is none. Whatever does not fit the form is dropped. */
export function kept(store: Storage, account: string, form: string, items: number, options: number): number[] {
  let said: unknown
  try {
    said = JSON.parse(store.getItem(key(account, form)) ?? '[]')
  } catch {
    said = []
  }
  const list = Array.isArray(said) ? (said as unknown[]) : []
  return Array.from({ length: items }, (_, i) => {
    const a = list[i]
    return typeof a === 'number' && Number.isInteger(a) && a >= 0 && a < options ? a : -1
  })
}

export function keep(store: Storage, account: string, form: string, answers: number[]) {
  store.setItem(key(account, form), JSON.stringify(answers))
}

export function forgetKept(store: Storage, account: string, form: string) {
  store.removeItem(key(account, form))
}
