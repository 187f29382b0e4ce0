/** Mark is the sign of the house: four seats at a peak. */
export const Mark = ({ size = 22 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden className="rigid">
    <rect width="22" height="22" rx="6" fill="var(--accent)" />
    <path d="M4.5 15.5h2.6v-3H4.5zM8 15.5h2.6V9.2H8zM11.5 15.5h2.6V6h-2.6zM15 15.5h2.6v-4.6H15z" fill="#fff" />
  </svg>
)
