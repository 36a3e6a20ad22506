import type { TableGetRequest } from '@easyrest/protocol'

/** The parts of a TableGet that say which rows and in what shape. */
export type Selection = Pick<
  TableGetRequest,
  'select' | 'where' | 'grouping' | 'having' | 'distinct' | 'ordering' | 'page' | 'lastKeyColumns'
>
