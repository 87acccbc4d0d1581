import type { MethodDefinition } from '@grpc/grpc-js';
import { Empty, messagesOf, StdioData } from './messages.ts';
import type { Message } from './wire-message.ts';

export type Protocol = 5 | 6;
export const protocols: readonly Protocol[] = [5, 6];

/** What go-plugin sets so that a binary knows that a host starts it, not a user. */
export const cookie = {
  name: 'TF_PLUGIN_MAGIC_COOKIE',
  value: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
} as const;

type Rpcs = ReturnType<typeof messagesOf>;
export type RpcName = keyof Rpcs;
export type RequestOf<Name extends RpcName> = Rpcs[Name]['request'] extends Message<infer T> ? T : never;
export type ResponseOf<Name extends RpcName> = Rpcs[Name]['response'] extends Message<infer T> ? T : never;

/** Version 6 has renamed what version 5 has under an older name. */
const names: Record<RpcName, readonly [inVersion5: string, inVersion6: string]> = {
  getSchema: ['GetSchema', 'GetProviderSchema'],
  validateProvider: ['PrepareProviderConfig', 'ValidateProviderConfig'],
  configure: ['Configure', 'ConfigureProvider'],
  validateResource: ['ValidateResourceTypeConfig', 'ValidateResourceConfig'],
  upgrade: ['UpgradeResourceState', 'UpgradeResourceState'],
  read: ['ReadResource', 'ReadResource'],
  plan: ['PlanResourceChange', 'PlanResourceChange'],
  apply: ['ApplyResourceChange', 'ApplyResourceChange'],
  import: ['ImportResourceState', 'ImportResourceState'],
  stop: ['Stop', 'StopProvider'],
};

export type Methods = { readonly [Name in RpcName]: MethodDefinition<Partial<RequestOf<Name>>, ResponseOf<Name>> };

/** The provider's service. */
export function methodsOf(protocol: Protocol): Methods {
  const messages = messagesOf(protocol);
  const entries = Object.entries(names).map(([name, [inVersion5, inVersion6]]) => {
    const { request, response } = messages[name as RpcName] as Record<'request' | 'response', Message<object>>;
    const path = `/tfplugin${protocol}.Provider/${protocol === 5 ? inVersion5 : inVersion6}`;
    return [name, method(path, request, response)];
  });
  return Object.fromEntries(entries) as Methods;
}

/** Ends a plugin. */
export const shutdown = method('/plugin.GRPCController/Shutdown', Empty, Empty);

/** Streams what a plugin prints after its handshake. */
export const stdio = { ...method('/plugin.GRPCStdio/StreamStdio', Empty, StdioData), responseStream: true };

function method<Request, Response>(
  path: string,
  request: Message<Request>,
  response: Message<Response>,
): MethodDefinition<Request, Response> {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => request.encode(value),
    requestDeserialize: (data) => request.decode(data),
    responseSerialize: (value) => response.encode(value),
    responseDeserialize: (data) => response.decode(data),
  };
}
