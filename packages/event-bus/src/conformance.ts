import { deliveryCases } from './conformance/delivery.ts';
import { failureCases } from './conformance/failure.ts';
import type { ConformanceCase } from './conformance/kit.ts';
import { restartCases } from './conformance/restart.ts';

export type { BusHarness, ConformanceCase } from './conformance/kit.ts';

/** What every adapter of the bus must do. Run each case on a harness of its own; a case fails by rejecting. */
export const busConformance: readonly ConformanceCase[] = [...deliveryCases, ...failureCases, ...restartCases];
