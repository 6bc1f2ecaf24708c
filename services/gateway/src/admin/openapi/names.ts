import { z } from 'zod';

/** The schemas that the OpenAPI document shows as components. */
export const components = z.registry<{ id: string }>();

/** Gives a schema its name in the OpenAPI document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
	components.add(schema, { id });
	return schema;
}
