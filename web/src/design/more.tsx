import { useWords } from '@/words'
import { Button } from './button'

/** More reads the next page of a list, while there is one. */
export function More({ query }: { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  const t = useWords()
  return query.hasNextPage ? (
    <div className="mt12">
      <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
        {t('loadMore')}
      </Button>
    </div>
  ) : null
}
