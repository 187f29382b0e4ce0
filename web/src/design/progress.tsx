/** Progress is how far something has come: a bar with a name for who cannot see it; without one the words beside it say the same. */
export const Progress = ({ label, value, of, tone }: { label?: string; value: number; of: number; tone?: 'ok' | 'late' }) => (
  <progress
    className={tone ? 'progress ' + tone : 'progress'}
    aria-label={label}
    aria-hidden={label === undefined || undefined}
    max={Math.max(of, 1)}
    value={value}
  />
)
