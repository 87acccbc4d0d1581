// Contains this process from outside, for what ClickHouse itself does not refuse: a test role may make a dictionary
// whose source is a command, say. The kernel holds the calling thread to it, and every thread that it starts from
// then on.
const { closeSync, constants, openSync, statSync } = require('node:fs');
const { DataType, load, open } = require('ffi-rs');

const { I32, U64, U8Array } = DataType;
const libc = 'libc';

/**
 * From here on the system calls `refused` fail (seccomp), and where the kernel has Landlock (since Linux 5.19 all of
 * what is needed) no file is touched outside `folder`, except that `readable` can be read.
 */
function contain({ folder, readable, refused }) {
  open({ library: libc, path: 'libc.so.6' });
  call('prctl', [U64, U64, U64, U64, U64], [prSetNoNewPrivs, 1, 0, 0, 0]);
  restrictFiles(folder, readable);
  refuseCalls(refused);
}

const prSetNoNewPrivs = 38;
const prSetSeccomp = 22;

/** A function of the C library; what it answers. */
function call(funcName, paramsType, paramsValue, retType = I32) {
  return load({ library: libc, funcName, retType, paramsType, paramsValue });
}

// Landlock (linux/landlock.h). Links between folders, which ClickHouse makes, need its second version.
const [landlockCreateRuleset, landlockAddRule, landlockRestrictSelf] = [444, 445, 446];
const access = { execute: 1n, readFile: 1n << 2n, readDir: 1n << 3n };
const accessOfVersion = (version) => (1n << (version >= 5 ? 16n : version >= 3 ? 15n : 14n)) - 1n;

function restrictFiles(folder, readable) {
  const version = call('syscall', [U64, U64, U64, U64], [landlockCreateRuleset, 0, 0, 1]);
  if (version < 2) return;
  const everything = accessOfVersion(version);
  const rules = call(
    'syscall',
    [U64, U8Array, U64, U64],
    [landlockCreateRuleset, bytes(8, (view) => view.writeBigUInt64LE(everything)), 8, 0],
  );
  const allow = (file, rights) => {
    const parent = openPath(file);
    if (parent === undefined) return;
    const allowed = statSync(file).isDirectory() ? rights : rights & ~access.readDir; // else the rule is refused
    const rule = bytes(12, (view) => view.writeInt32LE(parent, view.writeBigUInt64LE(allowed)));
    call('syscall', [U64, U64, U64, U8Array, U64], [landlockAddRule, rules, 1, rule, 0]);
    closeSync(parent);
  };
  allow(folder, everything & ~access.execute);
  for (const file of readable) allow(file, access.readFile | access.readDir);
  if (call('syscall', [U64, U64, U64], [landlockRestrictSelf, rules, 0]) !== 0)
    throw new Error('The kernel does not contain this process (Landlock).');
  closeSync(rules);
}

/** Undefined where there is no such file on this machine. */
function openPath(file) {
  try {
    return openSync(file, constants.O_RDONLY | 0o10000000); // O_PATH
  } catch {
    return undefined;
  }
}

// seccomp (linux/seccomp.h, linux/filter.h).
const architectures = {
  x64: { audit: 0xc000003e, calls: { connect: 42, execve: 59, execveat: 322 } },
  arm64: { audit: 0xc00000b7, calls: { connect: 203, execve: 221, execveat: 281 } },
};

function refuseCalls(refused) {
  const { audit, calls } = architectures[process.arch];
  const [loadWord, jumpIfEqual, answer] = [0x20, 0x15, 0x06];
  const [allowed, notPermitted] = [0x7fff0000, 0x00050001];
  const program = [
    [loadWord, 0, 0, 4], // the architecture that the call is meant for
    [jumpIfEqual, 0, refused.length + 2, audit], // the numbers of another mean other calls: refused
    [loadWord, 0, 0, 0], // the call's number
    ...refused.map((name, index) => [jumpIfEqual, refused.length - index, 0, calls[name]]),
    [answer, 0, 0, allowed],
    [answer, 0, 0, notPermitted],
  ];
  const filter = Buffer.concat(
    program.map(([code, ifTrue, ifFalse, value]) =>
      bytes(8, (view) =>
        view.writeUInt32LE(value, view.writeUInt8(ifFalse, view.writeUInt8(ifTrue, view.writeUInt16LE(code)))),
      ),
    ),
  );
  const address = call('memmove', [U8Array, U8Array, U64], [filter, filter, 0], U64);
  const header = bytes(16, (view) => view.writeBigUInt64LE(BigInt(address), view.writeUInt16LE(program.length) + 6));
  if (call('prctl', [U64, U64, U8Array], [prSetSeccomp, 2, header]) !== 0)
    throw new Error('The kernel does not contain this process (seccomp).');
}

function bytes(length, write) {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}

module.exports = { contain };
