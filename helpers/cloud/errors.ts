/** Errors of the service's model, and the common ones of AWS JSON services. */
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
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'ServiceNotActiveException'
  | 'ServiceNotFoundException'
  | 'TargetNotConnectedException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException';

/** An error as answer: status 400, and its name in `__type`. */
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
