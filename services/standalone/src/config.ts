import { defineConfig, setting } from '@fefaent/service-kit';

/** Settings of the standalone process itself; those of the services it holds stand in their own tables. */
export const standaloneConfig = defineConfig({
	FEFAENT_DATA_DIR: setting.path({
		default: './data',
		doc: 'Folder that keeps everything: stores, event log, keys, exports. One process at a time. Made when missing; one that is there has to be closed to other users of the machine, or empty.',
	}),
	FEFAENT_SANDBOX: setting.boolean({
		default: true,
		doc: 'Whether time can be moved ahead by the admin API (`fefaent clock advance`). Turn it off where notifications are real.',
	}),
	FEFAENT_EVENT_RETENTION: setting.duration({
		default: 7 * 86_400_000,
		min: 60_000,
		doc: 'How long events that everyone has followed stay in the log.',
	}),
	FEFAENT_LOG_LEVEL: setting.enum(['debug', 'info', 'warn', 'error'], { default: 'warn', doc: 'Least severe level that is logged.' }),
	FEFAENT_STOP_TIMEOUT: setting.duration({
		default: 15_000,
		min: 100,
		doc: 'How long what is under way may take to finish when the process is told to stop.',
	}),
	OTEL_EXPORTER_OTLP_ENDPOINT: setting.url({
		optional: true,
		doc: 'OpenTelemetry collector (OTLP over HTTP). Unset: no traces or metrics are made.',
	}),
});
