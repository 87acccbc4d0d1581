import os from 'node:os';

/** A description of the machine, to show which runs are comparable. */
export function describeMachine(): string {
  const [first] = os.cpus();
  const gigabytes = Math.round(os.totalmem() / 1024 ** 3);
  return `${os.type()} ${os.release()} ${os.arch()}, ${os.availableParallelism()} × ${first?.model.trim() ?? 'unknown'}, ${gigabytes} GB, Node ${process.version}`;
}
