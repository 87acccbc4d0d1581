import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * Messages of Protocol Buffers as tables. A provider's process starts with them, so nothing is parsed or generated, and
 * the TypeScript types follow from the tables.
 */
export class Message<T> {
  readonly #fields: readonly (readonly [name: keyof T, field: Field<unknown>])[];
  readonly #byNumber: ReadonlyMap<number, readonly [name: keyof T, field: Field<unknown>]>;

  constructor(fields: { readonly [Name in keyof T]: Field<T[Name]> }) {
    this.#fields = Object.entries(fields) as [keyof T, Field<unknown>][];
    this.#byNumber = new Map(this.#fields.map((entry) => [entry[1].number, entry]));
  }

  /** Fields left out have their initial values. */
  encode(value: Partial<T>): Buffer {
    const writer = new BinaryWriter();
    this.write(writer, value);
    return Buffer.from(writer.finish());
  }

  /** @throws Error when the bytes are no message of this kind. Unknown fields are skipped. */
  decode(data: Uint8Array): T {
    return this.read(new BinaryReader(data), data.length);
  }

  write(writer: BinaryWriter, value: Partial<T>): void {
    for (const [name, field] of this.#fields) if (value[name] !== undefined) field.write(writer, value[name]);
  }

  read(reader: BinaryReader, length: number): T {
    const end = reader.pos + length;
    const value = Object.fromEntries(this.#fields.map(([name, { initial }]) => [name, initial()])) as T;
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const entry = this.#byNumber.get(number);
      if (entry === undefined || entry[1].wireType !== wireType) {
        reader.skip(wireType, number);
        continue;
      }
      const [name, field] = entry;
      value[name] = field.read(reader, value[name]) as T[keyof T];
    }
    return value;
  }
}

export interface Field<T> {
  readonly number: number;
  readonly wireType: WireType;
  readonly initial: () => T;
  readonly write: (writer: BinaryWriter, value: T) => void;
  readonly read: (reader: BinaryReader, before: T) => T;
}

export type ContentOf<M> = M extends Message<infer T> ? T : never;

export function text(number: number): Field<string> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => '',
    write: (writer, value) => void (value !== '' && writer.tag(number, WireType.LengthDelimited).string(value)),
    read: (reader) => reader.string(),
  };
}

const nothing = new Uint8Array();

export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => nothing,
    write: (writer, value) => void (value.length > 0 && writer.tag(number, WireType.LengthDelimited).bytes(value)),
    read: (reader) => reader.bytes(),
  };
}

export function flag(number: number): Field<boolean> {
  return {
    number,
    wireType: WireType.Varint,
    initial: () => false,
    write: (writer, value) => void (value && writer.tag(number, WireType.Varint).bool(true)),
    read: (reader) => reader.bool(),
  };
}

/** An integer of up to 53 bits, or an enumeration. */
export function integer(number: number): Field<number> {
  return {
    number,
    wireType: WireType.Varint,
    initial: () => 0,
    write: (writer, value) => void (value !== 0 && writer.tag(number, WireType.Varint).int64(value)),
    read: (reader) => Number(reader.int64()),
  };
}

/** An integer whose presence counts, also when it is 0: one of a `oneof`. */
export function chosenInteger(number: number): Field<number | undefined> {
  return {
    number,
    wireType: WireType.Varint,
    initial: () => undefined,
    write: (writer, value) => void (value !== undefined && writer.tag(number, WireType.Varint).int64(value)),
    read: (reader) => Number(reader.int64()),
  };
}

/** A text whose presence counts, also when it is empty: one of a `oneof`. */
export function chosenText(number: number): Field<string | undefined> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => undefined,
    write: (writer, value) => void (value !== undefined && writer.tag(number, WireType.LengthDelimited).string(value)),
    read: (reader) => reader.string(),
  };
}

/** @param message a function where it contains this field itself. */
export function one<T>(number: number, message: Message<T> | (() => Message<T>)): Field<Partial<T> | undefined> {
  const found = (): Message<T> => (typeof message === 'function' ? message() : message);
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => undefined,
    write: (writer, value) => {
      if (value !== undefined) writeNested(writer, number, () => found().write(writer, value));
    },
    read: (reader) => found().read(reader, reader.uint32()),
  };
}

export function many<T>(number: number, message: Message<T>): Field<Partial<T>[]> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => [],
    write: (writer, values) => {
      for (const value of values) writeNested(writer, number, () => message.write(writer, value));
    },
    read: (reader, before) => [...before, message.read(reader, reader.uint32())],
  };
}

export function byName<T>(number: number, message: Message<T>): Field<Record<string, T>> {
  const entry = new Message({ key: text(1), value: one(2, message) });
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => ({}),
    write: (writer, values) => {
      for (const [key, value] of Object.entries(values))
        writeNested(writer, number, () => entry.write(writer, { key, value }));
    },
    read: (reader, before) => {
      const { key, value } = entry.read(reader, reader.uint32());
      return { ...before, [key]: (value ?? message.decode(nothing)) as T };
    },
  };
}

function writeNested(writer: BinaryWriter, number: number, write: () => void): void {
  writer.tag(number, WireType.LengthDelimited).fork();
  write();
  writer.join();
}
