import { type Config, defineConfig, setting } from '@fefaent/service-kit';

/** Settings of the admin API. */
export const adminConfig = defineConfig({
	FEFAENT_ADMIN_HOST: setting.string({
		default: '127.0.0.1',
		doc: 'Address that the admin API listens on. Any other than loopback needs FEFAENT_ADMIN_TOKEN.',
	}),
	FEFAENT_ADMIN_PORT: setting.port({ default: 8081, doc: 'Port of the admin API; 0 takes a free one.' }),
	FEFAENT_ADMIN_TOKEN: setting.string({
		optional: true,
		secret: true,
		doc: 'What callers of the admin API must send as `Authorization: Bearer`. Unset: whoever reaches the port administers.',
	}),
	FEFAENT_ADMIN_HOSTS: setting.list({
		optional: true,
		doc: 'Further host names that the admin API may be called by where no token guards it; loopback names and the address it listens on always may.',
	}),
	FEFAENT_ADMIN_MAX_BODY_BYTES: setting.int({
		default: 4 * 1024 * 1024,
		min: 1024,
		max: 64 * 1024 * 1024,
		unit: 'bytes',
		doc: 'Largest request body of the admin API; a larger one is answered 413.',
	}),
	FEFAENT_ADMIN_DRAIN_TIMEOUT: setting.duration({
		default: 5_000,
		min: 0,
		doc: 'How long a stop waits for admin requests under way before their connections are cut.',
	}),
});

/** The values of {@link adminConfig}. */
export type AdminConfig = Config<typeof adminConfig>;
