import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import area from './area'

export default ({ me }: { me: Me }) => <AreaRoutes area={area} me={me} />
