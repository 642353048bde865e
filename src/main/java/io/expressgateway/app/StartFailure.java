package io.expressgateway.app;

import io.expressgateway.config.Problem;
import io.expressgateway.plane.DataPlane.BindFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataNotFoundException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;

/** What stands on stderr when the start fails: lines for an operator, never a stack trace. */
final class StartFailure {

  private static final int DEEPEST_CAUSE = 32;

  private StartFailure() {}

  /** The problems behind a failed start; at least one. */
  static List<Problem> problems(Throwable failure) {
    Throwable cause = failure;
    Throwable root = failure;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      List<Problem> known = known(cause);
      if (known != null) {
        return known;
      }
      root = cause;
      cause = cause.getCause();
    }
    return List.of(
        new Problem(
            "start",
            root.getClass().getSimpleName(),
            String.valueOf(root.getMessage()),
            "correct it and start again"));
  }

  private static @Nullable List<Problem> known(Throwable cause) {
    return switch (cause) {
      case ConfigurationRefused refused -> refused.problems();
      case BindFailure bind ->
          List.of(
              new Problem(
                  "expressgateway.listeners[" + bind.listener() + "].bind",
                  bind.listener(),
                  String.valueOf(bind.getMessage()),
                  "free the address or bind another one"));
      case PortInUseException port ->
          List.of(
              new Problem(
                  "management.server.port",
                  String.valueOf(port.getPort()),
                  "the port is in use",
                  "free it or set another one"));
      case BindException bind
          when bind.getCause()
              instanceof
              org.springframework.boot.context.properties.bind.validation.BindValidationException
                  invalid ->
          invalid.getValidationErrors().getAllErrors().stream().map(StartFailure::invalid).toList();
      case BindException bind ->
          List.of(
              new Problem(
                  bind.getName().toString(),
                  bind.getProperty() == null ? "" : String.valueOf(bind.getProperty().getValue()),
                  rootMessage(bind),
                  "give it a value of type " + bind.getTarget().getType()));
      case ConfigDataNotFoundException missing ->
          List.of(
              new Problem(
                  "FILE",
                  missing.getReferenceDescription(),
                  "it cannot be found",
                  "name a file that exists"));
      case org.yaml.snakeyaml.error.YAMLException yaml ->
          List.of(
              new Problem("FILE", "", String.valueOf(yaml.getMessage()), "correct the YAML there"));
      default -> null;
    };
  }

  private static Problem invalid(org.springframework.validation.ObjectError error) {
    String key = error.getObjectName();
    String value = "";
    if (error instanceof org.springframework.validation.FieldError field) {
      key += "." + field.getField();
      value = String.valueOf(field.getRejectedValue());
    }
    return new Problem(key, value, String.valueOf(error.getDefaultMessage()), "correct it");
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < DEEPEST_CAUSE; depth++) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
