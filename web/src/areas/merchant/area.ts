import { Activity, CalendarDays, ClipboardCheck, KeyRound, Store, Users, Wallet } from 'lucide-react'
import type { Area } from '@/shell/area'

const area: Area = {
  words: 'merchant',
  items: [
    { to: '/merchant/today', label: 'nav.today', icon: Activity, phone: true },
    { to: '/merchant/bookings', label: 'nav.bookings', icon: CalendarDays, phone: true },
    { to: '/merchant/timesheets', label: 'nav.timesheets', icon: ClipboardCheck, phone: true },
    { to: '/merchant/wallet', label: 'nav.wallet', icon: Wallet, phone: true, group: 'nav.money' },
    { to: '/merchant/shops', label: 'nav.shops', icon: Store },
    { to: '/merchant/team', label: 'nav.team', icon: Users, roles: ['owner'] },
    { to: '/merchant/keys', label: 'nav.keys', icon: KeyRound, roles: ['owner'] },
  ],
}
export default area
