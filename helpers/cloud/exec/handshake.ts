/** What the agent asks of the client before a session begins. */
export interface HandshakeRequest {
  readonly AgentVersion: string;
  readonly RequestedClientActions: readonly { readonly ActionType: string; readonly ActionParameters: unknown }[];
}

/** What the client answers. A status of 1 is success, 2 failure, 3 "not supported". */
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

/** The client's first words, as text. */
export interface OpenDataChannel {
  readonly MessageSchemaVersion: '1.0';
  readonly RequestId: string;
  readonly TokenValue: string;
  readonly ClientId: string;
  readonly ClientVersion: string;
}

/** The client does what it is asked, if it can: a session of commands it can, encryption by a key it cannot. */
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
