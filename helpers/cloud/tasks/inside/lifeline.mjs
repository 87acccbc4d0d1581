// How a container hears that its owner has gone: its standard input is a pipe from the owner, on which nothing ever
// comes but its end. Plain JavaScript, as all that is beside it, so that it starts without a loader.
export function holdLifeline(end) {
  process.stdin.on('end', end);
  return process.stdin.resume();
}
