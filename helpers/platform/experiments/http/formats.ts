import { formats } from '../../kernel/http/formats.ts';
import { parseDuration } from '../duration.ts';

/** The kernel's formats, and those of experiments. */
export const experimentFormats: typeof formats = {
  ...formats,
  'experiment-duration': (text: string) => parseDuration(text) !== undefined,
};
