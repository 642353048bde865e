package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.factory.SpringCloudCircuitBreakerFilterFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

class FilterRegistryTest {

  private static final Set<String> OURS_ALONE = Set.of("GrpcWeb");
  private static final String SUFFIX = "GatewayFilterFactory";

  @Test
  void builtAndNotBuiltTogetherAreSpringCloudGatewaysFactories() throws Exception {
    Set<String> theirs = new TreeSet<>();
    for (Resource found :
        new PathMatchingResourcePatternResolver()
            .getResources(
                "classpath*:org/springframework/cloud/gateway/filter/factory/**/*"
                    + SUFFIX
                    + ".class")) {
      String file = found.getFilename();
      String name = file.substring(0, file.length() - (SUFFIX + ".class").length());
      if (!name.isEmpty() && !name.startsWith("Abstract")) {
        theirs.add(name);
      }
    }
    // Its class is named otherwise: SpringCloudCircuitBreakerFilterFactory.
    theirs.add(SpringCloudCircuitBreakerFilterFactory.NAME);

    Set<String> ours = new TreeSet<>(new FilterRegistry().names());
    assertThat(ours).doesNotContainAnyElementsOf(FilterRegistry.notBuiltYet());
    ours.addAll(FilterRegistry.notBuiltYet());
    assertThat(ours.removeAll(OURS_ALONE)).isTrue();
    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void refusesAnUnknownNameWithTheListOfThoseThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("StripPrefx=1"))
        .withMessageContaining("no filter 'StripPrefx'")
        .withMessageContaining("StripPrefix");
  }

  @Test
  void refusesANameNotBuiltYetAsThat() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("TokenRelay"))
        .withMessageContaining("'TokenRelay' is not built yet")
        .withMessageContaining("AddRequestHeader, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "StripPrefix=x | StripPrefix: parts is 'x': write a whole number from 0 on",
        "StripPrefix=-1 | from 0 on",
        "StripPrefix=1,2 | more arguments than it takes in the short form (at most parts)",
        "PreserveHostHeader=x | no arguments",
        "RequestHeaderSize=1KB,X-Error | a further argument (errorHeaderName)",
        "AddRequestHeader=X-A | AddRequestHeader needs a value for value",
        "AddRequestHeader=X A, b | no header name",
        "SetResponseHeader=Content-Length, 0 | only the gateway may",
        "AddRequestHeadersIfNotPresent=Transfer-Encoding:chunked | only the gateway may",
        "AddRequestHeadersIfNotPresent=X-A:http://x | write name:value",
        "AddRequestHeadersIfNotPresent | at least one",
        "AddResponseHeader=X-A, b, perhaps | write true or false",
        "DedupeResponseHeader=X-A, FIRST | RETAIN_FIRST, RETAIN_LAST, RETAIN_UNIQUE",
        "PrefixPath=api | write /api",
        "SetPath=//x | one slash",
        "RewritePath=/(a, /b | no regular expression",
        "RewritePath=/a, /$1 | a group that regexp does not have",
        "RewritePath=/a, /$\\{b} | a group that regexp does not have",
        "RewritePath=/a, /$ | a group that regexp does not have",
        "RewritePath=/a, /b\\ | a group that regexp does not have",
        "RewritePath=/a | RewritePath needs a value for replacement",
        "RewriteLocationResponseHeader=NEVER_STRIP, Location, h, (http)* | bounded length",
        "RedirectTo=200, /x | write a status from 300 to 399",
        "RedirectTo=GONE, /x | such as MOVED_PERMANENTLY",
        "RedirectTo=302, http://a b | no URI",
        "SetStatus=100 | from 200 to 999",
        "SetStatus=TEAPOT | such as NOT_FOUND",
        "RequestSize=0 | write a size above 0",
        "RequestSize=5mb | such as 5000000, 16KB or 5MB",
        "RequestSize=9999999TB | write a size above 0",
        "RequestSize=99999999999999999999 | write a size above 0",
        "SetRequestUri=/x | absolute http or https URI",
        "SetRequestUri=lb://x/y | absolute http or https URI",
        "Retry=0 | retries is '0'",
        "Retry=1, 700x | statuses is '700x'",
        "Retry=1, 500, GET, soon | 50ms, 2s or PT1M",
        "Retry=1, 500, GET, -5ms | 50ms, 2s or PT1M",
        "Retry=1, 500, G(T | methods is 'G(T'",
      })
  void refusesABadArgumentWithASentence(String definition, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of(definition))
        .withMessageContaining(sentence);
  }

  @Test
  void refusesAnArgumentThatTheFilterDoesNotHave() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("StripPrefix", "part", "1"))
        .withMessage("StripPrefix has no argument 'part'; it takes parts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Filters.of("PreserveHostHeader", "host", "x"))
        .withMessageContaining("it takes none");
  }

  @Test
  void comparesNamesOfArgumentsRelaxed() {
    LocalResponse answer =
        FakeFilterExchange.get("/?b=2")
            .through(
                Filters.of(
                    "RedirectTo",
                    "URL",
                    "https://x/?a=1",
                    "status",
                    "see_other",
                    "include-request_params",
                    "Yes"))
            .answer;
    assertThat(answer).isEqualTo(LocalResponse.of(303, "Location", "https://x/?a=1&b=2"));
  }

  @Test
  void everyRowHasADocumentedName() throws Exception {
    String guide = java.nio.file.Files.readString(java.nio.file.Path.of("docs/guide/filters.md"));
    for (String name : new FilterRegistry().names()) {
      assertThat(guide).contains("| `" + name + "` |");
    }
    for (String name : FilterRegistry.notBuiltYet()) {
      assertThat(guide).contains("`" + name + "`");
    }
  }
}
