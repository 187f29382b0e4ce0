import { Award, FileText, Flag, Gauge, Inbox, Network, Route, Scale, Tags, TriangleAlert, Users } from 'lucide-react'
import type { Area } from '@/shell/area'

const area: Area = {
  words: 'operator',
  items: [
    { to: '/operator/market', label: 'nav.market', icon: Gauge },
    { to: '/operator/plans', label: 'nav.plans', icon: Route },
    { to: '/operator/campaigns', label: 'nav.campaigns', icon: Flag },
    { to: '/operator/taxonomy', label: 'nav.taxonomy', icon: Network, group: 'nav.rules' },
    { to: '/operator/prices', label: 'nav.prices', icon: Tags },
    { to: '/operator/people', label: 'nav.people', icon: Users, group: 'nav.peopleGroup' },
    { to: '/operator/credentials', label: 'nav.credentials', icon: Award },
    { to: '/operator/disputes', label: 'nav.disputes', icon: Scale },
    { to: '/operator/appeals', label: 'nav.appeals', icon: Inbox },
    { to: '/operator/parked', label: 'nav.parked', icon: TriangleAlert, group: 'nav.record' },
    { to: '/operator/audit', label: 'nav.audit', icon: FileText },
  ],
}
export default area
