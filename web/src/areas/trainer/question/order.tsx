import { Input } from 'antd'
import { useWords } from '@/words'
import type { Asked } from './draft'
import { Add, Moves, out, put, Row } from './parts'

/** Pairs are what matching brings together. */
export function Pairs({ q, change }: Asked) {
  const t = useWords('trainer')
  const pairs = q.pairs ?? []
  return (
    <>
      <ul className="col g8">
        {pairs.map((p, i) => (
          <Row key={i} n={i + 1} dropped={pairs.length > 2} onDrop={() => change({ pairs: out(pairs, i) })}>
            <div className="grow fields tight">
              <Input
                aria-label={t('question.left', { n: i + 1 })}
                placeholder={t('question.leftHint')}
                value={p.left?.body ?? ''}
                onChange={(e) =>
                  change({ pairs: put(pairs, i, { ...p, left: { format: p.left?.format ?? 'plain', body: e.target.value } }) })
                }
              />
              <Input
                aria-label={t('question.match', { n: i + 1 })}
                placeholder={t('question.matchHint')}
                value={p.right}
                onChange={(e) => change({ pairs: put(pairs, i, { ...p, right: e.target.value }) })}
              />
            </div>
          </Row>
        ))}
      </ul>
      <Add
        label={t('question.addPair')}
        onClick={() => change({ pairs: [...pairs, { left: { format: 'plain', body: '' }, right: '' }] })}
      />
    </>
  )
}

/** Order is what ordering puts in its place. */
export function Order({ q, change }: Asked) {
  const t = useWords('trainer')
  const items = q.items ?? []
  return (
    <>
      <ol className="col g8">
        {items.map((item, i) => (
          <Row key={i} n={i + 1} dropped={items.length > 2} onDrop={() => change({ items: out(items, i) })}>
            <span className="t3 num partno">{i + 1}</span>
            <div className="grow">
              <Input
                aria-label={t('question.item', { n: i + 1 })}
                value={item.body}
                onChange={(e) => change({ items: put(items, i, { ...item, body: e.target.value }) })}
              />
            </div>
            <Moves list={items} at={i} onMove={(items) => change({ items })} />
          </Row>
        ))}
      </ol>
      <Add label={t('question.addItem')} onClick={() => change({ items: [...items, { format: 'plain', body: '' }] })} />
    </>
  )
}
