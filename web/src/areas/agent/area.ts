import { CalendarDays, GraduationCap, Home, User, Zap } from 'lucide-react'
import type { Area } from '@/shell/area'

const area: Area = {
  words: 'agent',
  items: [
    { to: '/agent/home', label: 'nav.home', icon: Home, phone: true },
    { to: '/agent/hall', label: 'nav.hall', icon: Zap, phone: true },
    { to: '/agent/shifts', label: 'nav.shifts', icon: CalendarDays, phone: true },
    { to: '/agent/academy', label: 'nav.academy', icon: GraduationCap, phone: true },
    { to: '/agent/me', label: 'nav.me', icon: User, phone: true },
  ],
}
export default area
