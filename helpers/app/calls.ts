/** What JSON is parsed to. */
export type Json = ReturnType<JSON['parse']>;

export interface AppResponse<Body = Json> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, otherwise a string. */
  readonly body: Body;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole answer; default 20,000. */
  readonly timeout?: number;
}

/** Short calls: each returns the answer, whatever its status. A body is sent as JSON, a string unchanged. */
export interface AppCalls {
  get<Body = Json>(path: string, options?: CallOptions): Promise<AppResponse<Body>>;
  post<Body = Json>(path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
  put<Body = Json>(path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
  patch<Body = Json>(path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
  delete<Body = Json>(path: string, options?: CallOptions): Promise<AppResponse<Body>>;
  /** Any method. */
  send<Body = Json>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
}

/** Whose call it is, and of which service. */
export interface Caller {
  /** Default: the first that is declared. */
  readonly service?: string;
  /** Sent instead of the tenant's own. */
  readonly token?: string;
}
