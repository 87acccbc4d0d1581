export { differingDefinitions, differingRows, summarize } from './compare.ts';
export { describeDifference } from './describe.ts';
export {
  type DatabaseDifference,
  type Definition,
  type DefinitionDifference,
  isEmpty,
  type Row,
  type TableDifference,
} from './difference.ts';
