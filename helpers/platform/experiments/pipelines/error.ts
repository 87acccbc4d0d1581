/** An invalid configuration or part of one. The message is one sentence with the place and the mistake. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
