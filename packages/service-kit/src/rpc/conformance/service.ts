import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MessageType } from '../definition.ts';

/** The one message of the conformance service. */
export interface Note {
	text: string;
	count: number;
	bytes: Uint8Array;
}

/** A note with only some of its fields told. */
export function note(fields: Partial<Note>): Note {
	return { text: '', count: 0, bytes: new Uint8Array(), ...fields };
}

const Note: MessageType<Note> = {
	encode: ({ text, count, bytes }) => new BinaryWriter().uint32(10).string(text).uint32(16).int64(count).uint32(26).bytes(bytes),
	decode: (input) => {
		const reader = new BinaryReader(input);
		const read = note({});
		while (reader.pos < reader.len) {
			const [field, wireType] = reader.tag();
			if (field === 1) read.text = reader.string();
			else if (field === 2) read.count = Number(reader.int64());
			else if (field === 3) read.bytes = reader.bytes();
			else reader.skip(wireType);
		}
		return read;
	},
};

const unary = { requestType: Note, requestStream: false, responseType: Note, responseStream: false, options: {} } as const;

/** A service made for the transport suite, in the shape that ts-proto generates. */
export const NoteServiceDefinition = {
	name: 'NoteService',
	fullName: 'fefaent.conformance.v1.NoteService',
	methods: {
		/** Answers what it was sent. */
		echo: { name: 'Echo', ...unary },
		/** Does what the test at hand wants. */
		act: { name: 'Act', ...unary },
		/** Calls `act` of another service. */
		relay: { name: 'Relay', ...unary },
	},
} as const;
/** Its type. */
export type NoteServiceDefinition = typeof NoteServiceDefinition;

const { STRING, INT64, BYTES } = FieldDescriptorProto_Type;
const label = FieldDescriptorProto_Label.OPTIONAL;
const typeName = '.fefaent.conformance.v1.Note';

/** Its FileDescriptorSet, as `buf build` would make it. */
export function noteDescriptorSet(): Uint8Array {
	const methods = Object.values(NoteServiceDefinition.methods);
	return toBinary(
		FileDescriptorSetSchema,
		create(FileDescriptorSetSchema, {
			file: [
				{
					name: 'fefaent/conformance/v1/note.proto',
					package: 'fefaent.conformance.v1',
					syntax: 'proto3',
					messageType: [
						{
							name: 'Note',
							field: [
								{ name: 'text', number: 1, type: STRING, label },
								{ name: 'count', number: 2, type: INT64, label },
								{ name: 'bytes', number: 3, type: BYTES, label },
							],
						},
					],
					service: [{ name: 'NoteService', method: methods.map(({ name }) => ({ name, inputType: typeName, outputType: typeName })) }],
				},
			],
		}),
	);
}
