const kept = 'peakseat.demo'

/** markDemo remembers that somebody of the demo was chosen, so that the way back to choose another is shown at work. */
export const markDemo = () => localStorage.setItem(kept, 'yes')

/** inDemo tells whether the reader came as somebody of the demo. */
export const inDemo = () => localStorage.getItem(kept) !== null
