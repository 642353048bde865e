package io.expressgateway.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the arguments ask for. */
sealed interface CommandLine {

  /** The text of {@code --help}. */
  String USAGE =
      """
      usage: java [@config/jvm.options] -jar expressgateway.jar [FILE] [--key=value ...]
        FILE            an additional configuration file; --key=value and the environment win over it
        --check FILE    validates a file, lists every problem, binds nothing: exit 0 or 1
        --version       prints the version
        --help          prints this
      exit codes: 0 finished drain, 1 configuration or start refused, 2 usage, 3 out of memory\
      """;

  /**
   * Run the gateway.
   *
   * @param file the positional file; null for none
   * @param properties Spring's {@code --key=value} arguments
   */
  record Run(@Nullable String file, List<String> properties) implements CommandLine {}

  /**
   * Validate a file.
   *
   * @param file as written
   */
  record Check(String file) implements CommandLine {}

  /** Print the usage. */
  record Help() implements CommandLine {}

  /** Print the version. */
  record Version() implements CommandLine {}

  /**
   * Nothing that this program does.
   *
   * @param message why
   */
  record Misuse(String message) implements CommandLine {}

  /** Reads the arguments. */
  static CommandLine parse(String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    return switch (first) {
      case "--help", "-h" -> alone(arguments, new Help());
      case "--version" -> alone(arguments, new Version());
      case "--check" ->
          arguments.length == 2 && !arguments[1].startsWith("--")
              ? new Check(arguments[1])
              : new Misuse("--check takes exactly one file");
      case "--import-report" -> new Misuse("--import-report is not built yet");
      case "selftest" -> new Misuse("selftest is not built yet");
      default -> run(arguments);
    };
  }

  private static CommandLine alone(String[] arguments, CommandLine meaning) {
    return arguments.length == 1 ? meaning : new Misuse(arguments[0] + " stands alone");
  }

  private static CommandLine run(String[] arguments) {
    String file = null;
    List<String> properties = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.startsWith("--") && argument.indexOf('=') > 2) {
        properties.add(argument);
      } else if (argument.startsWith("-")) {
        return new Misuse("unknown argument " + argument + "; properties are --key=value");
      } else if (file != null) {
        return new Misuse("more than one file: " + file + " and " + argument);
      } else {
        file = argument;
      }
    }
    return new Run(file, List.copyOf(properties));
  }
}
