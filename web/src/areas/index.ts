/**
 * loader remembers what it has loaded and then answers at once, so that React draws no fallback for code that is already there
 * (it would keep that up for a third of a second).
 */
function loader<T>(load: () => Promise<T>): () => Promise<T> {
  let there: T | undefined
  return () =>
    there ? ({ then: (done: (module: T) => unknown) => done(there!) } as Promise<T>) : load().then((module) => (there = module))
}

// Each area is a chunk of its own: an agent on a phone never loads the operator's tables.
export const areas = {
  agent: loader(() => import('./agent')),
  merchant: loader(() => import('./merchant')),
  trainer: loader(() => import('./trainer')),
  operator: loader(() => import('./operator')),
}

/** Pages where people come in, by address: main.ts has them fetched with their area. */
export const entrances = {
  '/merchant/today': loader(() => import('./merchant/today/today')),
  '/trainer/courses': loader(() => import('./trainer/courses')),
  '/operator/market': loader(() => import('./operator/market')),
}
