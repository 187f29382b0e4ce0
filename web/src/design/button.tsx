import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  type?: 'primary' | 'default' | 'dashed' | 'text'
  size?: 'small' | 'large'
  danger?: boolean
  block?: boolean
  /** What was asked is under way: it spins, keeps the focus, and takes no second press. */
  loading?: boolean
  icon?: ReactNode
  htmlType?: 'button' | 'submit'
  ref?: Ref<HTMLButtonElement>
}

/** buttonClass gives a link the look of a button. */
export const buttonClass = ({
  type = 'default',
  size,
  danger,
  block,
  className,
}: Pick<Props, 'type' | 'size' | 'danger' | 'block' | 'className'> = {}) =>
  ['btn', type, size, danger && 'danger', block && 'block', className].filter(Boolean).join(' ')

/** Button is what acts. It is the platform's own, and not antd's, so that a first page need not wait for antd. */
export function Button({ type, size, danger, block, loading, icon, htmlType = 'button', className, onClick, children, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={htmlType}
      className={buttonClass({ type, size, danger, block, className })}
      aria-busy={loading || undefined}
      onClick={(e) => (loading ? e.preventDefault() : onClick?.(e))}
    >
      {loading ? <i className="spinner" aria-hidden /> : icon}
      {children}
    </button>
  )
}
