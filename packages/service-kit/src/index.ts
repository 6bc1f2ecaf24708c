export {
	type Config,
	ConfigError,
	type ConfigProblem,
	type ConfigSchema,
	defineConfig,
	type Env,
	readConfig,
} from './config/config.ts';
export { formatDuration, parseDuration } from './config/duration.ts';
export { type ConfigRow, configTable, renderConfigMarkdown, renderConfigText } from './config/render.ts';
export { type Setting, type SettingOptions, setting } from './config/setting.ts';
export { type UnknownSetting, unknownSettings } from './config/unknown.ts';
export { createHealth, type Health, type HealthCheck } from './health/health.ts';
export { type CheckResult, combineReports, type HealthReport } from './health/report.ts';
export { Alarm } from './lifecycle/alarm.ts';
export { type Job, type JobOptions, startJob } from './lifecycle/job.ts';
export { refusalOf } from './lifecycle/refusal.ts';
export { exitCodes, type RunOptions, runUntilStopped } from './lifecycle/run.ts';
export type { Service } from './lifecycle/service.ts';
export { ServiceGroup } from './lifecycle/service-group.ts';
export { createLogger, type LoggerOptions } from './logs/create.ts';
export { type LogFields, type Logger, type LogLevel, type LogMethod, logLevels, silentLogger } from './logs/logger.ts';
export { errorFields, isSensitive, redact, redacted, scrub } from './logs/redact.ts';
export { ensureFreePort } from './net/free-port.ts';
export { isLoopbackAddress, isLoopbackHost } from './net/loopback.ts';
export { urlHost } from './net/url-host.ts';
export { byWeight, inHalves, isTooLarge, whole } from './rpc/batches.ts';
export { bind, type Handlers, type RpcBinding, type RpcClient } from './rpc/binding.ts';
export type { Callers } from './rpc/callers.ts';
export { type CallContext, type CallOptions, currentCall, defaultDeadlineMs, detached } from './rpc/context.ts';
export type { MessageType, MethodDefinition, MethodOf, RequestOf, ResponseOf, ServiceDefinition } from './rpc/definition.ts';
export { failCall, rpcErrors } from './rpc/errors.ts';
export { type GrpcClient, type GrpcClientOptions, type GrpcServer, type GrpcServerOptions, grpcClient, serveGrpc } from './rpc/grpc.ts';
export { type InProcessOptions, inProcessClient } from './rpc/in-process.ts';
export { openTlsFolder, type TlsFolder, type TlsFolderOptions } from './rpc/tls/folder.ts';
export { within } from './rpc/within.ts';
export {
	type MovableClock,
	type SandboxControl,
	type SandboxControlOptions,
	sandboxControl,
	type TimedWork,
} from './sandbox/control.ts';
export { type BatchSpans, withBatchSpans } from './telemetry/batches.ts';
export { ageOf, type Count, counter, histogram, type Measure, type Reading, showGauges } from './telemetry/instruments.ts';
export {
	contextFromTraceparent,
	currentTraceparent,
	errorType,
	type SpanOptions,
	traceIdOf,
	traceparentOf,
	withSpan,
} from './telemetry/spans.ts';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry/start.ts';
export { perTelemetry, tracing } from './telemetry/state.ts';
