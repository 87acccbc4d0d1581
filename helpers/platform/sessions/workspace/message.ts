const longestSubject = 72;

export interface CommitFacts {
  readonly threadId: string;
  /** The instruction's id, if it has one. */
  readonly instructionId?: string | undefined;
  /** The page to look at, relative to the site's address. */
  readonly path?: string;
  /** Whether the instruction was left unfinished. */
  readonly interrupted: boolean;
}

/** The format of commit messages. */
export interface CommitMessages {
  compose(instruction: string, facts: CommitFacts): string;
}

export interface ParsedMessage {
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
}

/** The instruction's first line as the subject, all of it as the body if it is longer, and git's trailers. */
export const commitMessages: CommitMessages = {
  compose(instruction, { threadId, instructionId, path, interrupted }) {
    const whole = printable(instruction).trim();
    const subject = Array.from(whole.split('\n', 1)[0]!).slice(0, longestSubject).join('').trim();
    const trailers = [
      `Thread-ID: ${threadId}`,
      ...(instructionId === undefined ? [] : [`Instruction-ID: ${instructionId}`]),
      ...(path === undefined ? [] : [`Shown-At: ${path}`]),
      ...(interrupted ? ['Interrupted: true'] : []),
    ];
    const paragraphs = [subject, ...(whole === subject ? [] : [whole]), trailers.join('\n')];
    return `${paragraphs.join('\n\n')}\n`;
  },
};

export function parseMessage(message: string): ParsedMessage {
  const paragraphs = message.trim().split(/\n{2,}/);
  const [subject] = message.split('\n', 1);
  const lines = paragraphs.length === 1 ? [] : paragraphs.at(-1)!.split('\n');
  const trailers = lines.map((line) => /^([\w-]+): (.*)$/.exec(line)).filter((match) => match !== null);
  return { subject: subject!, trailers: Object.fromEntries(trailers.map(([, name, value]) => [name, value])) };
}

/** Removes characters that control a terminal or end a text early; line breaks stay. */
function printable(text: string): string {
  return (
    text
      .replaceAll(/\r\n?/g, '\n')
      // eslint-disable-next-line no-control-regex -- these are removed
      .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g, ' ')
      .toWellFormed()
  );
}
