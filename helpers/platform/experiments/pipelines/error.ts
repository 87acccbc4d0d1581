/** A configuration, or a part of one, cannot be used. The message is one sentence: where, and what is wrong there. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
