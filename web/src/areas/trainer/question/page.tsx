import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { api, body } from '@/api/client'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { useWords } from '@/words'
import { Editor } from './editor'

/** One question of a bank: what it asks, what is right, and its versions. A change is the next version; papers published before keep what they have. */
export default function QuestionPage() {
  const t = useWords('trainer')
  const { id: bank = '', question = '' } = useParams()
  const fresh = question === 'new'
  const banked = useQuery({
    queryKey: ['banks', bank],
    queryFn: () => body(api.GET('/api/v1/question-banks/{id}', { params: { path: { id: bank } } })),
  })
  const versions = useQuery({
    queryKey: ['question', question],
    enabled: !fresh,
    queryFn: async () => (await body(api.GET('/api/v1/questions/{id}/versions', { params: { path: { id: question } } }))).items,
  })
  const newest = versions.data?.[0]
  return (
    <Page
      title={t(fresh ? 'question.new' : 'question.edit')}
      trail={
        <>
          <Link to="/trainer/banks">{t('banks.title')}</Link>{' '}
          <span className="t3" aria-hidden>
            /
          </span>{' '}
          <Link to={'/trainer/banks/' + bank}>{banked.data?.name ?? t('bank.one')}</Link>
        </>
      }
      note={
        newest && (
          <span className="row wrap g8">
            <span className="t3">{t('question.version', { version: newest.version })}</span>
            {newest.retired_at && (
              <State tone="open" shape="bar">
                {t('bank.retired')}
              </State>
            )}
          </span>
        )
      }
    >
      {fresh ? (
        <Editor bank={bank} />
      ) : (
        <Loaded
          query={versions}
          skeleton={
            <div className="sec">
              <Skeleton lines={[80, 34, 34, 34]} />
            </div>
          }
        >
          {(list) => (list[0] ? <Editor key={list[0].version_id} bank={bank} was={list[0]} versions={list} /> : null)}
        </Loaded>
      )}
    </Page>
  )
}
