package io.expressgateway.http.grpc.health;

/** {@code HealthCheckResponse.ServingStatus}; the ordinals are the numbers on the wire. */
public enum ServingStatus {
  /** Nothing is known. */
  UNKNOWN,
  /** It takes calls. */
  SERVING,
  /** It does not, now. */
  NOT_SERVING,
  /** There is no such service; only {@code Watch} says so. */
  SERVICE_UNKNOWN
}
