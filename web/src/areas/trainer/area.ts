import {
  Award,
  BarChart3,
  BookOpen,
  CalendarClock,
  FlaskConical,
  Inbox,
  Library,
  ListChecks,
  MessageCircleQuestion,
  PenLine,
  ShoppingBag,
} from 'lucide-react'
import type { Area } from '@/shell/area'

const area: Area = {
  words: 'trainer',
  items: [
    { to: '/trainer/courses', label: 'nav.courses', icon: BookOpen },
    { to: '/trainer/banks', label: 'nav.banks', icon: Library },
    { to: '/trainer/papers', label: 'nav.papers', icon: ListChecks },
    { to: '/trainer/packs', label: 'nav.packs', icon: ShoppingBag },
    { to: '/trainer/grading', label: 'nav.grading', icon: PenLine, group: 'nav.judge' },
    { to: '/trainer/trials', label: 'nav.trials', icon: FlaskConical },
    { to: '/trainer/items', label: 'nav.items', icon: BarChart3 },
    { to: '/trainer/questions', label: 'nav.questions', icon: MessageCircleQuestion, group: 'nav.around' },
    { to: '/trainer/talks', label: 'nav.talks', icon: CalendarClock },
    { to: '/trainer/credentials', label: 'nav.credentials', icon: Award, group: 'nav.certification' },
    { to: '/trainer/appeals', label: 'nav.appeals', icon: Inbox },
  ],
}
export default area
