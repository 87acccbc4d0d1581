/** Errors that the service's model knows, and those that every AWS JSON service may answer with. */
export type CloudErrorName =
  | 'AccessDeniedException'
  | 'ClientException'
  | 'ClusterContainsServicesException'
  | 'ClusterContainsTasksException'
  | 'ClusterNotFoundException'
  | 'ConflictException'
  | 'IncompleteSignatureException'
  | 'InvalidParameterException'
  | 'InvalidSignatureException'
  | 'MissingAuthenticationTokenException'
  | 'RequestEntityTooLargeException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'ServiceNotActiveException'
  | 'ServiceNotFoundException'
  | 'TargetNotConnectedException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException';

/** An answer that is an error: status 400, and its name in `__type`. */
export class CloudError extends Error {
  override readonly name: CloudErrorName;

  constructor(name: CloudErrorName, message: string) {
    super(message);
    this.name = name;
  }

  static invalid(message: string): CloudError {
    return new CloudError('InvalidParameterException', message);
  }

  static client(message: string): CloudError {
    return new CloudError('ClientException', message);
  }
}
