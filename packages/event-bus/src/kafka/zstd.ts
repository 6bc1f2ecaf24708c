import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

// kafkajs carries gzip only; Node carries zstd. Registered once, for reading whatever others wrote too.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
	compress: (encoder: { readonly buffer: Buffer }): Promise<Buffer> => compress(encoder.buffer),
	decompress: (buffer: Buffer): Promise<Buffer> => decompress(buffer),
});
