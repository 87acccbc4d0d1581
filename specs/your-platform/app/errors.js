/** An error that the API answers with its status and message. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const errors = {
  /** Status and message for whatever a request has thrown. */
  answerOf(error) {
    if (error instanceof ApiError) return { status: error.status, message: error.message };
    if (error.statusCode >= 400 && error.statusCode < 500) return { status: error.statusCode, message: error.message };
    if (isUnstorable(error)) return { status: 400, message: 'The request has a value that cannot be stored' };
    if (isAway(error)) return { status: 503, message: 'The database is away; try again' };
    return { status: 500, message: 'Something went wrong' };
  },
};

/** SQLSTATE class 22: data exceptions, such as a text with a zero byte. */
const isUnstorable = ({ code }) => code?.startsWith('22');

/** The connection has ended or cannot be had, or the server shuts down. */
const isAway = ({ code, message }) =>
  /^(08|53|57P|ECONN|EPIPE|ETIMEDOUT)/.test(code ?? '') || /timeout|terminated|not queryable/i.test(message);
