import type { OperationName } from '../names.ts';
import { cancel } from './cancel.ts';
import { consult } from './consult.ts';
import { create } from './create.ts';
import type { Operation } from './deps.ts';
import { practise } from './practise.ts';

/** The four operations of the contract. */
export const operations: Readonly<Record<OperationName, Operation>> = { create, consult, cancel, practise };
