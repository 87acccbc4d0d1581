/** The agent's request to the client before a session begins. */
export interface HandshakeRequest {
  readonly AgentVersion: string;
  readonly RequestedClientActions: readonly { readonly ActionType: string; readonly ActionParameters: unknown }[];
}

/** The client's answer. Status 1 is success, 2 failure, 3 "not supported". */
export interface HandshakeResponse {
  readonly ClientVersion: string;
  readonly ProcessedClientActions: readonly {
    readonly ActionType: string;
    readonly ActionStatus: 1 | 2 | 3;
    readonly ActionResult: null;
    readonly Error: string;
  }[];
  readonly Errors: readonly string[] | null;
}

/** The client's first message, as text. */
export interface OpenDataChannel {
  readonly MessageSchemaVersion: '1.0';
  readonly RequestId: string;
  readonly TokenValue: string;
  readonly ClientId: string;
  readonly ClientVersion: string;
}

/** The client accepts sessions of commands, and declines encryption with a key. */
export function answerHandshake(
  { RequestedClientActions: actions }: HandshakeRequest,
  clientVersion: string,
): HandshakeResponse {
  const processed = actions.map(({ ActionType }): HandshakeResponse['ProcessedClientActions'][number] =>
    ActionType === 'SessionType'
      ? { ActionType, ActionStatus: 1, ActionResult: null, Error: '' }
      : { ActionType, ActionStatus: 3, ActionResult: null, Error: `Unsupported action ${ActionType}` },
  );
  return {
    ClientVersion: clientVersion,
    ProcessedClientActions: processed,
    Errors: processed.map((action) => action.Error).filter((error) => error !== ''),
  };
}
