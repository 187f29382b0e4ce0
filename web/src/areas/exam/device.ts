const kept = 'peakseat.device'

/** device is this browser's own id: an attempt is answered on one device at a time. */
export function device(): string {
  const known = localStorage.getItem(kept)
  if (known) return known
  const made = crypto.randomUUID()
  localStorage.setItem(kept, made)
  return made
}
