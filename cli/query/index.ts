export { type Clause, type ClauseResult, clauses } from './clauses.ts';
export { type Column, COLUMNS, MIRRORS } from './columns.ts';
export { type Dependence, dependsOn } from './depends-on.ts';
export { translateFilters } from './filters.ts';
export type { Sql } from './parameters.ts';
export { type Range, type Statement, type Statements, statements } from './statements.ts';
export { translate, type Translation } from './translate.ts';
