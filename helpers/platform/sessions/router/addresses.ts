import { ApiError } from '../../kernel/http/errors.ts';

/** Reads what requests ask for. */
export interface Addresses {
  /**
   * The URL of a request's target (RFC 9112, section 3.2), with `..` resolved.
   * @throws ApiError for one that two servers could read in two ways.
   */
  parse(target: string): URL;
}

export const addresses: Addresses = {
  parse(target) {
    const address = target.startsWith('/') ? `http://router${target}` : target;
    if (!/^http:/i.test(address) || !URL.canParse(address))
      throw new ApiError('VALIDATION_ERROR', `${target} is no address`);
    const url = new URL(address);
    // An empty part would count as another one; an encoded slash would separate parts for the next server alone.
    if (/^(?:\/[^/]*)?\/\/|^\/[^/]*%(?:2f|5c)/i.test(url.pathname))
      throw new ApiError(
        'VALIDATION_ERROR',
        `${target} has a doubled or an encoded slash where it names its destination`,
      );
    return url;
  },
};
